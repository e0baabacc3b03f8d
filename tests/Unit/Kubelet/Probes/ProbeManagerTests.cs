using System.Reflection;
using System.Threading.Channels;
using Kube.Api.Core.V1;
using Kube.Base;
using Kube.Kubelet.Hollow;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Probes;
using Kube.Kubelet.Runtime;
using Kube.Kubelet.Tests.Fakes;
using Kube.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Tests.Probes;

/// <summary>When probes are asked, on a clock that the tests move.</summary>
public sealed class ProbeManagerTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ManualTimeProvider _time = new(Pods.Now);
    private readonly ExecRuntime _runtime;
    private readonly HandlerRunner _runner;
    private readonly ProbeManager _manager;

    public ProbeManagerTests()
    {
        var runtime = DispatchProxy.Create<ICriRuntime, ExecRuntime>();
        _runtime = (ExecRuntime)runtime;
        _runner = new HandlerRunner(runtime, _time);
        _manager = new ProbeManager(_runner, new SilentEvents(), _time, new Prng(1), NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _manager.DisposeAsync();
        _runner.Dispose();
    }

    [Theory]
    [InlineData(0, 10, 3, 10)]
    [InlineData(0, 10, 10, 10)]
    [InlineData(10, 10, 25, 20)]
    [InlineData(10, 10, 20, 20)]
    [InlineData(0, 1, 7, 7)]
    [InlineData(0, 10, 39, 30)]
    public void The_next_tick_is_the_last_that_passed_or_the_first_that_comes(int last, int period, int now, int expected) =>
        Assert.Equal(expected, ProbeManager.NextTick(TimeSpan.FromSeconds(last), TimeSpan.FromSeconds(period), TimeSpan.FromSeconds(now)).TotalSeconds);

    [Fact]
    public async Task A_slow_answer_does_not_put_off_those_that_follow()
    {
        Sync(new Container { Name = "a", LivenessProbe = Exec("live", periodSeconds: 10) });
        Asked first = await NextAsync();
        _time.Advance(TimeSpan.FromSeconds(15));
        first.Answer(0);

        // Its tick has passed: it is asked at once, and then at the next tick of the same clock.
        (await NextAsync()).Answer(0);
        await SleepsAsync();
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(_runtime.Asked.Reader.TryPeek(out _));
        _time.Advance(TimeSpan.FromSeconds(1));
        (await NextAsync()).Answer(0);
    }

    [Fact]
    public async Task Readiness_is_asked_as_soon_as_the_container_has_started_and_liveness_at_its_next_tick()
    {
        Sync(new Container
        {
            Name = "a",
            StartupProbe = Exec("start", periodSeconds: 1),
            ReadinessProbe = Exec("ready", periodSeconds: 60),
            LivenessProbe = Exec("live", periodSeconds: 60),
        });
        Asked start = await NextAsync();
        Assert.Equal("start", start.What);
        start.Answer(1);
        await Eventually.HoldsAsync(() => _time.PendingTimers == 3, "all three wait");
        _time.Advance(TimeSpan.FromSeconds(1));
        (await NextAsync()).Answer(0);
        Asked ready = await NextAsync();
        Assert.Equal("ready", ready.What);
        ready.Answer(0);
        await Eventually.HoldsAsync(() => _manager.Readiness("a-s0-0") == true, "the container is ready");
        Assert.False(_runtime.Asked.Reader.TryPeek(out _));
        await Eventually.HoldsAsync(() => _time.PendingTimers == 2, "both wait");
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("live", (await NextAsync()).What);
    }

    [Fact]
    public async Task A_start_that_fails_leaves_readiness_unasked()
    {
        Container container = new() { Name = "a", StartupProbe = Exec("start", periodSeconds: 1), ReadinessProbe = Exec("ready", periodSeconds: 1) };
        container.StartupProbe!.FailureThreshold = 1;
        Sync(container);
        (await NextAsync()).Answer(1);
        await Eventually.HoldsAsync(() => _manager.Startup("a-s0-0") == false && _time.PendingTimers == 1, "the start has failed");
        _time.Advance(TimeSpan.FromSeconds(5));
        await SleepsAsync();
        Assert.False(_runtime.Asked.Reader.TryPeek(out _));
    }

    private static Probe Exec(string what, int periodSeconds) => new() { Exec = new ExecAction { Command = [what] }, PeriodSeconds = periodSeconds, TimeoutSeconds = 600 };

    private void Sync(Container container)
    {
        Pod pod = Pods.Pod();
        pod.Spec!.Containers = [container];
        RuntimeContainer running = Pods.Running("a");
        running.Status.StartedAt = (Pods.Now - DateTimeOffset.UnixEpoch).Ticks * 100;
        _manager.Sync(pod, Pods.Seen(true, running), "10.0.0.7");
    }

    private Task<Asked> NextAsync() => _runtime.Asked.Reader.ReadAsync().AsTask().WaitAsync(Limit);

    private Task SleepsAsync() => Eventually.HoldsAsync(() => _time.PendingTimers == 1, "the loop waits for its next tick");

    /// <summary>A command that a probe runs; it takes until the test gives its exit code.</summary>
    public sealed record Asked(string What, Action<int> Answer);

    /// <summary>A runtime that runs commands, and nothing else.</summary>
    public class ExecRuntime : DispatchProxy
    {
        public Channel<Asked> Asked { get; } = Channel.CreateBounded<Asked>(100);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Assert.Equal(nameof(ICriRuntime.ExecSyncAsync), targetMethod!.Name);
            TaskCompletionSource<Cri.ExecSyncResponse> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
            ((CancellationToken)args![3]!).Register(() => answer.TrySetCanceled());
            Assert.True(Asked.Writer.TryWrite(new Asked(((IReadOnlyList<string>)args[1]!)[0], code => answer.SetResult(new Cri.ExecSyncResponse { ExitCode = code }))));
            return answer.Task;
        }
    }
}
