using Kube.Api.Core.V1;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Tests.Fakes;
using static Kube.Kubelet.Tests.Fakes.Pods;

namespace Kube.Kubelet.Tests.PodWorkers;

public sealed class PodStatusBuilderTests
{
    [Fact]
    public void A_pod_nobody_has_begun_is_pending_and_its_containers_are_being_created()
    {
        PodStatus status = Build(Pod(), PodRuntimeStatus.Empty);
        Assert.Equal("Pending", status.Phase);
        Assert.Equal("ContainerCreating", status.ContainerStatuses![0].State!.Waiting!.Reason);
        Assert.Equal(
            ["PodReadyToStartContainers=False", "Initialized=True", "Ready=False ContainersNotReady", "ContainersReady=False ContainersNotReady", "PodScheduled=True"],
            Conditions(status));
        Assert.Equal("containers with unready status: [a]", status.Conditions!.Find(c => c.Type == "Ready")!.Message);
    }

    [Fact]
    public void Containers_behind_init_containers_wait_for_them()
    {
        PodStatus status = Build(Pod(init: [Init("i1"), Init("i2")]), Seen(true, Exited("i1", 0)));
        Assert.Equal("Pending", status.Phase);
        Assert.Equal("PodInitializing", status.ContainerStatuses![0].State!.Waiting!.Reason);
        Assert.True(status.InitContainerStatuses![0].Ready);
        Assert.Equal("containers with incomplete status: [i2]", status.Conditions!.Find(c => c.Type == "Initialized")!.Message);
    }

    [Fact]
    public void A_running_container_without_probes_is_started_and_ready()
    {
        PodStatus status = Build(Pod(), Seen(true, Running("a")));
        Assert.Equal("Running", status.Phase);
        Assert.Equal(("10.0.0.7", "127.0.0.1"), (status.PodIP, status.HostIP));
        Assert.True(status.ContainerStatuses![0].Ready);
        Assert.True(status.ContainerStatuses[0].Started);
        Assert.Equal("process://a-s0-0", status.ContainerStatuses[0].ContainerID);
        Assert.Equal(["PodReadyToStartContainers=True", "Initialized=True", "Ready=True", "ContainersReady=True", "PodScheduled=True"], Conditions(status));
    }

    [Fact]
    public void Readiness_follows_the_probe()
    {
        Pod pod = Pod();
        pod.Spec!.Containers![0].ReadinessProbe = new Probe();
        FakeProbes probes = new();
        Assert.False(Build(pod, Seen(true, Running("a")), probes: probes).ContainerStatuses![0].Ready);
        probes.Ready["a-s0-0"] = true;
        Assert.True(Build(pod, Seen(true, Running("a")), probes: probes).ContainerStatuses![0].Ready);
    }

    [Theory]
    [InlineData("Never", 0, true, "Succeeded", "PodCompleted")]
    [InlineData("Never", 1, true, "Failed", "PodFailed")]
    [InlineData("OnFailure", 0, true, "Succeeded", "PodCompleted")]
    [InlineData("OnFailure", 1, false, "Running", "ContainersNotReady")]
    [InlineData("Always", 0, false, "Running", "ContainersNotReady")]
    [InlineData("Always", 1, false, "Running", "ContainersNotReady")]
    public void An_ended_container_ends_the_pod_as_its_policy_says(string policy, int code, bool terminal, string phase, string reason)
    {
        PodStatus status = Build(Pod(policy), Seen(true, Exited("a", code)), terminal: terminal);
        Assert.Equal(phase, status.Phase);
        Assert.Equal(reason, status.Conditions!.Find(c => c.Type == "Ready")!.Reason);
        Assert.Equal(code, status.ContainerStatuses![0].State!.Terminated!.ExitCode);
    }

    [Fact]
    public void A_pod_at_its_end_stays_there()
    {
        PodStatus ended = Build(Pod("Never"), Seen(true, Exited("a", 1)), terminal: true);
        Assert.Equal("Failed", Build(Pod("Never"), Seen(true, Running("a")), ended).Phase);
    }

    [Fact]
    public void A_container_in_back_off_waits_and_shows_how_it_ended()
    {
        Dictionary<string, WaitingReason> waiting = new() { ["a"] = new("CrashLoopBackOff", "back-off 10s") };
        PodStatus status = Build(Pod(), Seen(true, Exited("a", 3)), waiting: waiting);
        ContainerStatus container = status.ContainerStatuses![0];
        Assert.Equal("CrashLoopBackOff", container.State!.Waiting!.Reason);
        Assert.Equal(3, container.LastState!.Terminated!.ExitCode);
        Assert.Equal("Running", status.Phase);
    }

    [Fact]
    public void The_last_end_of_a_restarted_container_is_shown()
    {
        ContainerStatus container = Build(Pod(), Seen(true, Running("a", attempt: 2), Exited("a", 9, attempt: 1))).ContainerStatuses![0];
        Assert.Equal(2, container.RestartCount);
        Assert.Equal(9, container.LastState!.Terminated!.ExitCode);
    }

    [Fact]
    public void A_running_container_that_the_runtime_lost_counts_as_a_restart()
    {
        PodStatus before = Build(Pod(), Seen(true, Running("a")));
        ContainerStatus container = Build(Pod(), PodRuntimeStatus.Empty, before).ContainerStatuses![0];
        Assert.Equal(1, container.RestartCount);
        Assert.Equal("ContainerStatusUnknown", container.LastState!.Terminated!.Reason);
        Assert.Equal(137, container.LastState.Terminated.ExitCode);
    }

    [Fact]
    public void A_condition_keeps_its_time_until_it_changes()
    {
        PodStatus before = Build(Pod(), Seen(true, Running("a")));
        PodStatus same = Build(Pod(), Seen(true, Running("a")), before, now: Now.AddMinutes(1));
        Assert.Equal(Now, same.Conditions!.Find(c => c.Type == "Ready")!.LastTransitionTime!.Value.Value);
        PodStatus changed = Build(Pod("Never"), Seen(true, Exited("a", 1)), before, now: Now.AddMinutes(2), terminal: true);
        Assert.Equal(Now.AddMinutes(2), changed.Conditions!.Find(c => c.Type == "Ready")!.LastTransitionTime!.Value.Value);
    }

    [Fact]
    public void A_readiness_gate_holds_the_pod_but_not_its_containers()
    {
        Pod pod = Pod();
        pod.Spec!.ReadinessGates = [new PodReadinessGate { ConditionType = "example.com/gate" }];
        PodStatus status = Build(pod, Seen(true, Running("a")));
        Assert.Contains("ContainersReady=True", Conditions(status));
        Assert.Contains("Ready=False ReadinessGatesNotReady", Conditions(status));
        PodStatus open = new() { Conditions = [new PodCondition { Type = "example.com/gate", Status = "True" }] };
        Assert.Contains("Ready=True", Conditions(Build(pod, Seen(true, Running("a")), open)));
    }

    private static PodStatus Build(
        Pod pod,
        PodRuntimeStatus runtime,
        PodStatus? previous = null,
        FakeProbes? probes = null,
        bool terminal = false,
        Dictionary<string, WaitingReason>? waiting = null,
        DateTimeOffset? now = null) => PodStatusBuilder.Build(pod, runtime, previous, new PodStatusInputs
        {
            Probes = probes ?? new FakeProbes(),
            Now = now ?? Now,
            HostAddresses = ["127.0.0.1"],
            RuntimeName = "process",
            Terminal = terminal,
            Waiting = waiting ?? [],
        });

    private static List<string> Conditions(PodStatus status) =>
        [.. status.Conditions!.Where(c => c.Type != "example.com/gate").Select(c => $"{c.Type}={c.Status} {c.Reason}".Trim())];
}
