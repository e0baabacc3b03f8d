using Kube.Api.Core.V1;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Tests.Fakes;
using static Kube.Kubelet.Tests.Fakes.Pods;

namespace Kube.Kubelet.Tests.PodWorkers;

public sealed class PodActionsComputerTests
{
    [Fact]
    public void A_new_pod_gets_a_sandbox_and_all_its_containers() =>
        Expect("create 0; start a b", Pod(containers: ["a", "b"]), PodRuntimeStatus.Empty);

    [Fact]
    public void Init_containers_come_first_and_alone() =>
        Expect("create 0; init i1", Pod(init: [Init("i1"), Init("i2")]), PodRuntimeStatus.Empty);

    [Fact]
    public void What_runs_is_left_alone() => Expect("", Pod(), Seen(true, Running("a")));

    [Theory]
    [InlineData("Always", 0, "start a")]
    [InlineData("Always", 1, "start a")]
    [InlineData("OnFailure", 0, "kill pod")]
    [InlineData("OnFailure", 1, "start a")]
    [InlineData("Never", 0, "kill pod")]
    [InlineData("Never", 1, "kill pod")]
    public void The_restart_policy_decides_about_an_ended_container(string policy, int code, string expected) =>
        Expect(expected, Pod(policy), Seen(true, Exited("a", code)));

    [Theory]
    [InlineData("Always", "kill pod; create 1; start a")]
    [InlineData("OnFailure", "kill pod; create 1; start a")]
    [InlineData("Never", "kill pod")]
    public void A_sandbox_that_died_is_replaced_unless_the_pod_runs_once(string policy, string expected) =>
        Expect(expected, Pod(policy), Seen(false, Exited("a", 137)));

    [Fact]
    public void A_new_sandbox_does_not_repeat_what_succeeded() =>
        Expect("kill pod; create 1; start b", Pod("OnFailure", ["a", "b"]), Seen(false, Exited("a", 0), Exited("b", 1)));

    [Fact]
    public void A_container_that_ended_beside_a_running_one_stays_ended_when_it_may_not_restart() =>
        Expect("", Pod("Never", ["a", "b"]), Seen(true, Exited("a", 1), Running("b")));

    [Fact]
    public void The_next_init_container_waits_for_the_one_before()
    {
        Pod pod = Pod(init: [Init("i1"), Init("i2")]);
        Expect("", pod, Seen(true, Running("i1")));
        Expect("init i2", pod, Seen(true, Exited("i1", 0)));
        Expect("start a", pod, Seen(true, Exited("i2", 0), Exited("i1", 0)));
    }

    [Theory]
    [InlineData("Always", "init i1")]
    [InlineData("OnFailure", "init i1")]
    [InlineData("Never", "kill pod")]
    public void A_failed_init_container_is_tried_again_or_fails_the_pod(string policy, string expected) =>
        Expect(expected, Pod(policy, init: [Init("i1")]), Seen(true, Exited("i1", 1)));

    [Fact]
    public void Init_containers_run_again_in_a_new_sandbox()
    {
        Pod pod = Pod(init: [Init("i1"), Init("i2")]);
        PodRuntimeStatus status = new([Sandbox(true, 1), Sandbox(false)], [Exited("i1", 0, "s1", 1), Exited("a", 137), Exited("i2", 0), Exited("i1", 0)]);
        Expect("init i2", pod, status);
    }

    [Fact]
    public void A_sidecar_starts_in_its_turn_and_is_not_waited_for()
    {
        Pod pod = Pod(init: [Sidecar("side"), Init("i1")]);
        Expect("create 0; init side", pod, PodRuntimeStatus.Empty);
        Expect("init i1", pod, Seen(true, Running("side")));
        Expect("start a", pod, Seen(true, Exited("i1", 0), Running("side")));
    }

    [Fact]
    public void A_sidecar_with_a_startup_probe_holds_up_the_next()
    {
        Pod pod = Pod(init: [Sidecar("side"), Init("i1")]);
        pod.Spec!.InitContainers![0].StartupProbe = new Probe();
        FakeProbes probes = new();
        Expect("", pod, Seen(true, Running("side")), probes);
        probes.Started["side-s0-0"] = true;
        Expect("init i1", pod, Seen(true, Running("side")), probes);
    }

    [Fact]
    public void A_sidecar_that_ends_is_started_again_beside_the_containers() =>
        Expect("init side", Pod("Never", init: [Sidecar("side")]), Seen(true, Exited("side", 0), Running("a")));

    [Theory]
    [InlineData("Always", "kill a (Container a failed liveness probe, will be restarted); start a")]
    [InlineData("Never", "kill pod")]
    public void A_container_that_is_not_alive_is_killed(string policy, string expected)
    {
        Pod pod = Pod(policy);
        pod.Spec!.Containers![0].LivenessProbe = new Probe();
        FakeProbes probes = new() { Live = { ["a-s0-0"] = false } };
        Expect(expected, pod, Seen(true, Running("a")), probes);
    }

    private static void Expect(string expected, Pod pod, PodRuntimeStatus status, FakeProbes? probes = null)
    {
        PodActions actions = PodActionsComputer.Compute(pod, status, probes ?? new FakeProbes());
        List<string> parts = [];
        if (actions.KillPod)
        {
            parts.Add("kill pod");
        }

        parts.AddRange(actions.ContainersToKill.Select(k => $"kill {k.Running.Name} ({k.Message})"));
        if (actions.CreateSandbox)
        {
            parts.Add("create " + actions.Attempt);
        }

        if (actions.InitContainersToStart.Count > 0)
        {
            parts.Add("init " + string.Join(' ', actions.InitContainersToStart.Select(c => c.Name)));
        }

        if (actions.ContainersToStart.Count > 0)
        {
            parts.Add("start " + string.Join(' ', actions.ContainersToStart.Select(c => c.Name)));
        }

        Assert.Equal(expected, string.Join("; ", parts));
    }
}
