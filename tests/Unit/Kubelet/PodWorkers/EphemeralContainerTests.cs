using Kube.Api.Core.V1;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Tests.Fakes;
using static Kube.Kubelet.Tests.Fakes.Pods;

namespace Kube.Kubelet.Tests.PodWorkers;

public sealed class EphemeralContainerTests
{
    [Fact]
    public void One_is_started_beside_what_runs_and_never_again()
    {
        Pod pod = With("look");
        Assert.Equal(["look"], Started(pod, Seen(true, Running("a"))));
        Assert.Empty(Started(pod, Seen(true, Running("a"), Running("look"))));
        Assert.Empty(Started(pod, Seen(true, Running("a"), Exited("look", 1))));
        pod.Spec!.EphemeralContainers!.Add(new EphemeralContainer { Name = "again", Image = "busybox" });
        Assert.Equal(["again"], Started(pod, Seen(true, Running("a"), Exited("look", 1))));
    }

    [Fact]
    public void One_is_started_while_the_pod_is_still_being_initialised()
    {
        Pod pod = Pod(init: [Init("i1")]);
        pod.Spec!.EphemeralContainers = [new EphemeralContainer { Name = "look", Image = "busybox" }];
        Assert.Equal(["look"], Started(pod, Seen(true, Running("i1"))));
    }

    [Fact]
    public void One_keeps_no_pod_up()
    {
        PodActions actions = PodActionsComputer.Compute(With("look", "Never"), Seen(true, Exited("a", 0), Running("look")), new FakeProbes());
        Assert.True(actions.KillPod);
    }

    [Fact]
    public void Their_statuses_are_sorted_and_change_nothing_about_the_pod()
    {
        Pod pod = With("z", "Always");
        pod.Spec!.EphemeralContainers!.Add(new EphemeralContainer { Name = "b", Image = "busybox" });
        PodStatus status = PodStatusBuilder.Build(pod, Seen(true, Running("a"), Exited("z", 3)), null, new PodStatusInputs
        {
            Probes = new FakeProbes(),
            Now = Now,
            HostAddresses = ["127.0.0.1"],
            RuntimeName = "process",
            Waiting = new Dictionary<string, WaitingReason> { ["b"] = new("ErrImagePull", "no") },
        });
        List<ContainerStatus> ephemeral = status.EphemeralContainerStatuses!;
        Assert.Equal(["b", "z"], ephemeral.Select(static s => s.Name));
        Assert.Equal("ErrImagePull", ephemeral[0].State!.Waiting!.Reason);
        Assert.Equal(3, ephemeral[1].State!.Terminated!.ExitCode);
        Assert.False(ephemeral[1].Ready);
        Assert.Equal("Running", status.Phase);
        Assert.Equal("True", status.Conditions!.Find(static c => c.Type == "Ready")!.Status);
        Assert.Equal("spec.ephemeralContainers{z}", FieldPaths.Of(pod, pod.EphemeralContainers()[0]));
    }

    private static Pod With(string name, string policy = "Always")
    {
        Pod pod = Pod(policy);
        pod.Spec!.EphemeralContainers = [new EphemeralContainer { Name = name, Image = "busybox" }];
        return pod;
    }

    private static IEnumerable<string?> Started(Pod pod, PodRuntimeStatus status) =>
        PodActionsComputer.Compute(pod, status, new FakeProbes()).EphemeralContainersToStart.Select(static c => c.Name);
}
