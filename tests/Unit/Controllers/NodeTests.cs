using Kube.Api.Core.V1;
using Kube.Api.Values;
using Kube.Client.Tests.Fakes;
using Kube.Controllers.Nodes;
using Kube.Controllers.PodCollection;
using Kube.Testing;

namespace Kube.Controllers.Tests;

public sealed class NodeTests
{
    [Theory]
    [InlineData("True", false, "")]
    [InlineData("False", false, "not-ready:NoSchedule")]
    [InlineData("False", true, "not-ready:NoExecute not-ready:NoSchedule")]
    [InlineData("Unknown", true, "unreachable:NoExecute unreachable:NoSchedule")]
    public void Taints_follow_readiness(string ready, bool mayEvict, string expected) =>
        Assert.Equal(expected, Names(NodeTaints.Wanted(Node(ready), mayEvict, Make.Now)));

    [Fact]
    public void Taints_of_others_stay_and_old_ones_of_ours_go()
    {
        var node = Node("True");
        node.Spec = new NodeSpec
        {
            Unschedulable = true,
            Taints =
            [
                new Taint { Key = "mine", Effect = "NoExecute" },
                new Taint { Key = NodeTaints.Unreachable, Effect = "NoExecute" },
                new Taint { Key = NodeTaints.NotReady, Effect = "NoSchedule" },
            ],
        };
        node.Status!.Conditions!.Add(new NodeCondition { Type = "DiskPressure", Status = "True" });
        Assert.Equal("disk-pressure:NoSchedule mine:NoExecute unschedulable:NoSchedule", Names(NodeTaints.Wanted(node, false, Make.Now)));
    }

    [Fact]
    public void A_taint_keeps_the_time_it_was_added()
    {
        var node = Node("Unknown");
        node.Spec = new NodeSpec { Taints = NodeTaints.Wanted(node, true, Make.Now) };
        Assert.False(NodeTaints.AwaitsEviction(node));
        Assert.All(NodeTaints.Wanted(node, false, Make.Now.AddHours(1)), static taint => Assert.Equal(new Time(Make.Now), taint.TimeAdded));
    }

    [Fact]
    public void Silence_is_measured_by_the_own_clock()
    {
        var time = new ManualTimeProvider();
        var health = new NodeHealth(time);
        Assert.Equal(TimeSpan.Zero, health.Silence("n", "one"));
        time.Advance(TimeSpan.FromSeconds(41));
        Assert.Equal(TimeSpan.FromSeconds(41), health.Silence("n", "one"));
        Assert.Equal(TimeSpan.Zero, health.Silence("n", "two"));
        health.Retain([]);
        Assert.Equal(TimeSpan.Zero, health.Silence("n", "two"));
    }

    [Fact]
    public void A_silent_node_is_unknown_in_all_that_it_would_say()
    {
        var node = Node("True");
        node.Status!.Conditions!.Add(new NodeCondition { Type = "Other", Status = "True" });
        var conditions = NodeHealth.WhenSilent(node, Make.Now)!;
        Assert.Equal(
            ["Ready Unknown NodeStatusUnknown", "Other True ", "MemoryPressure Unknown NodeStatusNeverUpdated", "DiskPressure Unknown NodeStatusNeverUpdated", "PIDPressure Unknown NodeStatusNeverUpdated"],
            conditions.Select(static condition => $"{condition.Type} {condition.Status} {condition.Reason}"));
        node.Status.Conditions = conditions;
        Assert.Null(NodeHealth.WhenSilent(node, Make.Now));
    }

    [Theory]
    [InlineData("", "", "", null, 0)] // no toleration: at once
    [InlineData(NodeTaints.Unreachable, "Exists", "NoExecute", null, null)] // for good
    [InlineData(NodeTaints.Unreachable, "Exists", "NoExecute", 300L, 300)]
    [InlineData("", "Exists", "", null, null)] // tolerates everything
    [InlineData(NodeTaints.Unreachable, "Equal", "", null, null)]
    [InlineData(NodeTaints.Unreachable, "Exists", "NoSchedule", null, 0)] // another effect
    [InlineData(NodeTaints.NotReady, "Exists", "NoExecute", 10L, 0)] // another key
    [InlineData(NodeTaints.Unreachable, "Exists", "NoExecute", -5L, 0)]
    public void Pods_bear_taints_as_long_as_they_tolerate_them(string key, string op, string effect, long? seconds, int? expected)
    {
        var pod = Make.Pod("a1");
        pod.Spec!.Tolerations = op.Length == 0 ? null : [new Toleration { Key = key, Operator = op, Effect = effect, TolerationSeconds = seconds }];
        var taint = new Taint { Key = NodeTaints.Unreachable, Effect = "NoExecute", TimeAdded = new Time(Make.Now) };
        Assert.Equal(expected is { } wait ? Make.Now.AddSeconds(wait) : null, Tolerations.EvictAt(pod, [taint], Make.Now));
        Assert.Null(Tolerations.EvictAt(pod, [new Taint { Key = "k", Effect = "NoSchedule" }], Make.Now));
    }

    [Fact]
    public void The_soonest_of_several_tolerations_counts()
    {
        var pod = Make.Pod("a1");
        pod.Spec!.Tolerations = [Tolerating("a", 100), Tolerating("b", 10)];
        Assert.Equal(Make.Now.AddSeconds(10), Tolerations.EvictAt(pod, [Taint("a"), Taint("b")], Make.Now));
        Assert.Equal(Make.Now.AddSeconds(100), Tolerations.EvictAt(pod, [Taint("a")], Make.Now));

        static Toleration Tolerating(string key, long seconds) => new() { Key = key, Operator = "Exists", TolerationSeconds = seconds };

        static Taint Taint(string key) => new() { Key = key, Effect = "NoExecute", TimeAdded = new Time(Make.Now) };
    }

    [Fact]
    public void The_oldest_terminated_pods_beyond_the_threshold_are_garbage()
    {
        Pod[] pods = [Make.Pod("a1", "Succeeded", ageSeconds: 10), Make.Pod("b2", "Failed", ageSeconds: 30), Make.Pod("c3", "Failed", ageSeconds: 20), Make.Pod("d4", ageSeconds: 99)];
        Assert.Equal(["b2", "c3"], PodGarbage.Terminated(pods, 1).Select(static pod => pod.Metadata.Name));
        Assert.Empty(PodGarbage.Terminated(pods, 0));
        Assert.Equal(["d4"], PodGarbage.Orphaned([Make.Pod("d4", node: "gone"), Make.Pod("e5")], static node => node == "gone").Select(static pod => pod.Metadata.Name));
        pods[3].Metadata.DeletionTimestamp = new Time(Make.Now);
        Assert.Empty(PodGarbage.UnscheduledTerminating(pods));
        pods[3].Spec!.NodeName = null;
        Assert.Single(PodGarbage.UnscheduledTerminating(pods));
    }

    private static Node Node(string ready) => new()
    {
        Metadata = { Name = "n" },
        Status = new NodeStatus { Conditions = [new NodeCondition { Type = "Ready", Status = ready }] },
    };

    private static string Names(IEnumerable<Taint> taints) =>
        string.Join(' ', taints.Select(static taint => $"{taint.Key!.Split('/')[^1]}:{taint.Effect}").Order(StringComparer.Ordinal));
}
