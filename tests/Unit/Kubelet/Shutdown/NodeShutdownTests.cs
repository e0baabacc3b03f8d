using Kube.Api.Core.V1;
using Kube.Kubelet.Hollow;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Shutdown;
using Kube.Kubelet.Tests.Fakes;
using Kube.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Kubelet.Tests.Shutdown;

public class NodeShutdownTests
{
    private readonly ManualTimeProvider _time = new(Pods.Now);

    [Fact]
    public void A_pod_goes_with_the_highest_step_that_is_not_above_it()
    {
        (int, TimeSpan)[] steps = [(0, TimeSpan.FromSeconds(1)), (100, TimeSpan.FromSeconds(2)), (1000, TimeSpan.FromSeconds(3))];
        var groups = ShutdownPlan.Group(steps, [New("negative", -5), New("zero", 0), New("between", 500), New("exact", 1000), New("above", 5000)]);

        Assert.Equal(["negative zero", "between", "exact above"], groups.Select(g => string.Join(' ', g.Pods.Select(p => p.Metadata.Name))));
    }

    [Theory]
    [InlineData(null, 20)]
    [InlineData(5L, 5)]
    [InlineData(60L, 20)]
    public void A_pod_gets_its_own_grace_where_that_is_shorter(long? own, long seconds)
    {
        Pod pod = New("a", 0);
        pod.Spec!.TerminationGracePeriodSeconds = own;
        Assert.Equal(seconds, ShutdownPlan.GraceSeconds(pod, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Critical_pods_end_after_all_others_and_no_pod_comes_in_meanwhile()
    {
        TaskCompletionSource ordinary = new();
        List<(string Pod, PodEnd End)> ends = [];
        NodeShutdown shutdown = Create([New("critical", 2_000_000_000), New("pod", 0)], (pod, end, _) =>
        {
            ends.Add((pod.Metadata.Name!, end));
            return pod.Metadata.Name == "pod" ? ordinary.Task : Task.CompletedTask;
        });
        int began = 0;
        shutdown.Began = () => began++;
        Assert.Null(shutdown.Admit(New("new", 0)));

        Task running = shutdown.RunAsync(CancellationToken.None);
        Assert.Equal(["pod"], ends.Select(e => e.Pod));
        Assert.Equal("NodeShutdown", shutdown.Admit(New("new", 0))!.Reason);
        ordinary.SetResult();
        await running;
        await shutdown.RunAsync(CancellationToken.None);

        Assert.Equal(["pod", "critical"], ends.Select(e => e.Pod));
        Assert.Equal(("Terminated", "Pod was terminated in response to imminent node shutdown.", 20L), (ends[0].End.Reason, ends[0].End.Message, ends[0].End.GraceSeconds));
        Assert.Equal(1, began);
    }

    [Fact]
    public async Task A_step_that_takes_too_long_does_not_hold_up_the_next()
    {
        List<string> ends = [];
        NodeShutdown shutdown = Create([New("critical", 2_000_000_000), New("slow", 0)], (pod, _, cancel) =>
        {
            ends.Add(pod.Metadata.Name!);
            return pod.Metadata.Name == "slow" ? Task.Delay(Timeout.InfiniteTimeSpan, _time, cancel) : Task.CompletedTask;
        });

        Task running = shutdown.RunAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal(["slow"], ends);
        _time.Advance(TimeSpan.FromSeconds(1));
        await running;

        Assert.Equal(["slow", "critical"], ends);
    }

    [Fact]
    public async Task Without_a_grace_nothing_is_done()
    {
        NodeShutdown shutdown = new(
            new ShutdownOptions(), () => [New("a", 0)], (_, _, _) => throw new InvalidOperationException(), new SilentEvents(), Node, _time, NullLogger.Instance);
        await shutdown.RunAsync(CancellationToken.None);
        Assert.False(shutdown.IsShuttingDown);
    }

    private static KubeletNode Node => new()
    {
        Name = "n",
        Address = System.Net.IPAddress.Loopback,
        RootDirectory = "/",
        Allocatable = new Dictionary<string, Kube.Api.Values.Quantity>(),
    };

    private NodeShutdown Create(IReadOnlyList<Pod> pods, Func<Pod, PodEnd, CancellationToken, Task> end) => new(
        new ShutdownOptions { GracePeriod = TimeSpan.FromSeconds(30), CriticalPods = TimeSpan.FromSeconds(10) },
        () => pods,
        end,
        new SilentEvents(),
        Node,
        _time,
        NullLogger.Instance);

    private static Pod New(string name, int priority)
    {
        Pod pod = Pods.Pod();
        pod.Metadata.Name = name;
        pod.Spec!.Priority = priority;
        return pod;
    }
}
