using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Core.V1;
using Kube.Base;
using Kube.Scheduler.Cycle;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Plugins;

namespace Kube.Scheduler.Tests;

public class SchedulingAlgorithmTests
{
    private static readonly Profile Profile = DefaultProfile.Create();

    [Fact]
    public void The_emptiest_node_is_taken()
    {
        var full = Build.NodeInfo(Build.Node("full"), Build.Info("a", "3", "6Gi"));
        var empty = Build.NodeInfo(Build.Node("empty"));
        Assert.Equal("empty", new SchedulingAlgorithm(new Prng(1)).Decide(Profile, Build.Info("p", "1", "1Gi"), [full, empty]).Node);
    }

    [Fact]
    public void Reasons_are_counted_and_sorted_as_kube_scheduler_does()
    {
        NodeInfo[] nodes =
        [
            Build.NodeInfo(Build.Node("a", cpu: "1")),
            Build.NodeInfo(Build.Node("b", cpu: "1", memory: "1Gi")),
            Build.NodeInfo(Build.Node("c", with: node => node.Spec!.Unschedulable = true)),
        ];
        var decision = new SchedulingAlgorithm(new Prng(1)).Decide(Profile, Build.Info("p", "2", "2Gi"), nodes);
        Assert.Null(decision.Node);
        Assert.Equal(
            "0/3 nodes are available: 1 Insufficient memory, 1 node(s) were unschedulable, 2 Insufficient cpu. "
            + "preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.",
            decision.Failure!.Message);
    }

    [Fact]
    public void No_nodes_has_a_message_of_its_own() => Assert.Equal(
        "no nodes available to schedule pods",
        new SchedulingAlgorithm(new Prng(1)).Decide(Profile, Build.Info("p"), []).Failure!.Message);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(100, 100)]
    [InlineData(101, 100)]
    [InlineData(1000, 420)]
    [InlineData(5000, 500)]
    [InlineData(6000, 300)]
    public void Large_clusters_are_searched_in_part(int nodes, int enough) =>
        Assert.Equal(enough, SchedulingAlgorithm.EnoughFeasible(nodes));

    [Fact]
    public void Preferred_affinity_weighs_in()
    {
        var pod = Build.Info("p", with: spec => spec.Affinity = new Affinity
        {
            NodeAffinity = new NodeAffinity
            {
                PreferredDuringSchedulingIgnoredDuringExecution =
                [
                    new PreferredSchedulingTerm
                    {
                        Weight = 10,
                        Preference = new NodeSelectorTerm { MatchExpressions = [new NodeSelectorRequirement { Key = "disk", Operator = "In", Values = ["ssd"] }] },
                    },
                ],
            },
        });
        var slow = Build.NodeInfo(Build.Node("slow"));
        var fast = Build.NodeInfo(Build.Node("fast", with: node => node.Metadata.Labels!["disk"] = "ssd"), Build.Info("a", "1", "1Gi"));
        Assert.Equal("fast", new SchedulingAlgorithm(new Prng(1)).Decide(Profile, pod, [slow, fast]).Node);
    }

    /// <summary>
    /// Against a dumb twin: place pods one by one; the twin works out from the objects alone, with plain arithmetic, which
    /// nodes fit and which of them have the best score.
    /// </summary>
    [Fact]
    public void Placements_are_those_of_a_plain_reading_of_the_rules()
    {
        var cases = from nodes in Gen.Choose(1, 6)
                    from sizes in Gen.ArrayOf(Gen.Choose(1, 8), nodes)
                    from pods in Gen.ListOf(Gen.Choose(1, 30))
                    from seed in Gen.Choose(0, int.MaxValue)
                    select (Sizes: sizes, Pods: pods.ToArray(), Seed: seed);
        Prop.ForAll(cases.ToArbitrary(), world =>
        {
            var algorithm = new SchedulingAlgorithm(new Prng((ulong)world.Seed));
            var nodes = world.Sizes.Select((size, i) => Build.NodeInfo(Build.Node($"n{i}", $"{size}", $"{size * 2}Gi"))).ToList();
            for (var i = 0; i < world.Pods.Length; i++)
            {
                var pod = Build.Info($"p{i}", $"{world.Pods[i] * 100}m", $"{world.Pods[i] * 128}Mi");
                var decision = algorithm.Decide(Profile, pod, nodes);
                var best = Twin(pod, nodes);
                if (decision.Node is null ? best.Count > 0 : !best.Contains(decision.Node))
                {
                    return false;
                }

                if (decision.Node is not null)
                {
                    nodes.Single(node => node.Name == decision.Node).AddPod(pod);
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    private static HashSet<string> Twin(PodInfo pod, List<NodeInfo> nodes)
    {
        var scores = new Dictionary<string, long>();
        foreach (var node in nodes)
        {
            var cpu = node.Node!.Status!.Allocatable!["cpu"].MilliValue();
            var memory = node.Node.Status.Allocatable["memory"].Value();
            var everyone = node.Pods.Append(pod).Select(p => p.Spec.Containers![0].Resources!.Requests!).ToList();
            var usedCpu = everyone.Sum(requests => requests["cpu"].MilliValue());
            var usedMemory = everyone.Sum(requests => requests["memory"].Value());
            if (usedCpu <= cpu && usedMemory <= memory)
            {
                var least = (((cpu - usedCpu) * 100 / cpu) + ((memory - usedMemory) * 100 / memory)) / 2;
                var balance = (long)((1 - (Math.Abs(((double)usedCpu / cpu) - ((double)usedMemory / memory)) / 2)) * 100);
                scores[node.Name] = least + balance;
            }
        }

        return scores.Where(score => score.Value == scores.Values.Max()).Select(score => score.Key).ToHashSet();
    }
}
