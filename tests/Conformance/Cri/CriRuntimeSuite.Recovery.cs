using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Kubelet.PodWorkers;

namespace Kube.Conformance.Tests.Cri;

/// <summary>What a kubelet over any runtime does when it, the API server or the runtime goes away and comes back.</summary>
public abstract partial class CriRuntimeSuite
{
    [Fact]
    public async Task A_kubelet_that_starts_again_takes_its_pods_over_without_restarting_them()
    {
        TestPods pods = new();
        Pod pod = NewPod("taken-over", "sleep 1000");
        await using (TestKubelet first = new(Runtime, pods, LogRoot))
        {
            first.Workers.Update(pod);
            await RunningAsync(pods, pod);
        }

        ContainerStatus before = pods.Status(pod)!.ContainerStatuses![0];
        await ReopenAsync();
        pod.Status = pods.Status(pod);
        await using TestKubelet second = new(Runtime, pods, LogRoot);
        second.Workers.Update(pod);
        await EventuallyAsync(() => Task.FromResult(second.Lifecycle.LastList is not null && second.Workers.Active.Count == 1), "the second kubelet has looked");
        await RestartedNothingAsync(pods, pod, before);

        await EndAsync(second, pods, pod);
    }

    [Fact]
    public async Task Pods_go_on_while_the_API_server_is_away_and_their_status_catches_up()
    {
        TestPods pods = new();
        Pod pod = NewPod("cut-off", "if [ -e /dev/shm/$POD_UID ]; then exec sleep 1000; fi; echo >/dev/shm/$POD_UID; until [ -e /dev/shm/$POD_UID.end ]; do sleep 0.05; done; exit 3");
        string mark = "/dev/shm/" + pod.Uid();
        await using TestKubelet kubelet = new(Runtime, pods, LogRoot);
        try
        {
            kubelet.Workers.Update(pod);
            await RunningAsync(pods, pod);
            pods.Away = true;
            await File.WriteAllTextAsync(mark + ".end", "");
            await EventuallyAsync(
                () => Task.FromResult(kubelet.Workers.Find("conformance", "cut-off")?.Status?.ContainerStatuses?[0] is { RestartCount: 1, State.Running: not null } && pods.Refused > 1),
                "the container ends and is started again, which cannot be reported");
            Assert.Equal(0, pods.Status(pod)!.ContainerStatuses![0].RestartCount);

            pods.Away = false;
            await EventuallyAsync(
                () => Task.FromResult(pods.Status(pod)!.ContainerStatuses![0] is { RestartCount: 1, LastState.Terminated.ExitCode: 3, State.Running: not null }), "the status catches up");
            await EndAsync(kubelet, pods, pod);
        }
        finally
        {
            File.Delete(mark);
            File.Delete(mark + ".end");
        }
    }

    /// <summary>Leaves the runtime as a kubelet that is killed does, and opens it again.</summary>
    protected abstract Task ReopenAsync();

    private protected Pod NewPod(string name, string script) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "conformance", Uid = Guid.NewGuid().ToString() },
        Spec = new PodSpec
        {
            RestartPolicy = "Always",
            TerminationGracePeriodSeconds = 1,
            HostIPC = true,
            Containers =
            [
                new Container
                {
                    Name = "main",
                    Image = Image,
                    ImagePullPolicy = "IfNotPresent",
                    Command = ["/bin/sh", "-c", script],
                    Env = [new EnvVar { Name = "POD_UID", ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = "metadata.uid" } } }],
                },
            ],
        },
    };

    private protected static Task RunningAsync(TestPods pods, Pod pod) =>
        EventuallyAsync(() => Task.FromResult(pods.Status(pod)?.ContainerStatuses?[0].State?.Running is not null), $"pod {pod.Metadata.Name} runs");

    /// <summary>The pod's container is the one of before, in the runtime's word and in the status.</summary>
    private protected async Task RestartedNothingAsync(TestPods pods, Pod pod, ContainerStatus before)
    {
        PodRuntimeStatus runtime = await PodRuntimeStatus.ReadAsync(Runtime, pod.Uid(), default);
        Assert.True(Assert.Single(runtime.Containers).Running);
        Assert.Single(runtime.Sandboxes);
        ContainerStatus now = pods.Status(pod)!.ContainerStatuses![0];
        Assert.Equal((before.ContainerID, 0, before.State!.Running!.StartedAt), (now.ContainerID, now.RestartCount, now.State!.Running!.StartedAt));
        Assert.EndsWith(runtime.Containers[0].Id, now.ContainerID, StringComparison.Ordinal);
    }

    private protected async Task EndAsync(TestKubelet kubelet, TestPods pods, Pod pod)
    {
        Pod deleted = new() { Metadata = new ObjectMeta { Name = pod.Metadata.Name, Namespace = pod.Metadata.Namespace, Uid = pod.Metadata.Uid }, Spec = pod.Spec, Status = pod.Status };
        deleted.Metadata.DeletionTimestamp = (Kube.Api.Values.Time)DateTimeOffset.UtcNow;
        deleted.Metadata.DeletionGracePeriodSeconds = 1;
        kubelet.Workers.Update(deleted);
        await EventuallyAsync(() => Task.FromResult(pods.Deleted.Contains(pod.Uid())), $"pod {pod.Metadata.Name} ends");
        Assert.Empty((await PodRuntimeStatus.ReadAsync(Runtime, pod.Uid(), default)).Sandboxes);
    }
}
