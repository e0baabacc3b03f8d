using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Policy.V1;
using Kube.Base;
using Kube.Scheduler.Cache;
using Kube.Scheduler.Cycle;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Plugins;
using Kube.Scheduler.Queue;

namespace Kube.Scheduler.Tests;

public class DefaultPreemptionTests
{
    private static readonly Profile Profile = DefaultProfile.Create();

    public static TheoryData<string, string, string, string> Cases() => new()
    {
        // pods by node as name:cpu:priority | cpu and priority of the pod | node | victims. Every node has 4 cpus.
        { "a=x:4:1", "1 10", "a", "x" },
        { "a=x:4:10", "1 10", "", "" },
        { "a=x:2:1,y:2:2", "2 10", "a", "x" },
        { "a=x:2:1,y:2:1", "4 10", "a", "x y" },
        { "a=x:4:5 b=y:4:3", "1 10", "b", "y" },
        { "a=x:2:3,y:2:3 b=z:4:3", "4 10", "b", "z" },
        { "a=x:4:3 b=y:2:3,z:2:1", "4 10", "a", "x" },
        { "a=x:4:11 b=y:4:1", "5 10", "", "" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_least_harm_is_chosen(string there, string wants, string node, string victims)
    {
        var parts = wants.Split(' ');
        var decision = Decide(World(there), Build.Info("p", parts[0], priority: int.Parse(parts[1])));
        Assert.Equal(node, decision.NominatedNode ?? string.Empty);
        Assert.Equal(victims, string.Join(' ', (decision.Victims ?? []).Select(victim => victim.Key.Name).Order()));
    }

    [Fact]
    public void A_budget_is_kept_where_another_node_does()
    {
        var facts = new ClusterFacts();
        facts.Set(new PodDisruptionBudget
        {
            Metadata = new ObjectMeta { Name = "b", Namespace = "default" },
            Spec = new PodDisruptionBudgetSpec { Selector = new LabelSelector { MatchLabels = new() { ["app"] = "x" } } },
            Status = new PodDisruptionBudgetStatus { DisruptionsAllowed = 0 },
        });
        var kept = Build.Pod("kept", "4", priority: 1);
        kept.Metadata.Labels = new() { ["app"] = "x" };
        var nodes = new[] { Build.NodeInfo(Build.Node("a"), new PodInfo(kept)), Build.NodeInfo(Build.Node("b"), Build.Info("y", "4", priority: 9)) };
        Assert.Equal("b", Decide(nodes, Build.Info("p", "1", priority: 10), facts).NominatedNode);
        Assert.Equal("a", Decide(nodes[..1], Build.Info("p", "1", priority: 10), facts).NominatedNode);
    }

    [Fact]
    public void The_longest_running_pod_stays()
    {
        NodeInfo Node(string name, int day)
        {
            var pod = Build.Pod("on-" + name, "4", priority: 1);
            pod.Status = new PodStatus { StartTime = new DateTimeOffset(2024, 1, day, 0, 0, 0, TimeSpan.Zero) };
            return Build.NodeInfo(Build.Node(name), new PodInfo(pod));
        }

        Assert.Equal("young", Decide([Node("old", 1), Node("young", 2)], Build.Info("p", "1", priority: 10)).NominatedNode);
    }

    [Fact]
    public void Of_equal_pods_the_one_that_came_first_stays()
    {
        var decision = Decide(World("a=x:1:2,y:2:2,z:1:3"), Build.Info("p", "1", priority: 10));
        Assert.Equal("y", Assert.Single(decision.Victims!).Key.Name);
    }

    [Fact]
    public void A_pod_that_must_not_preempt_says_so()
    {
        var decision = Decide(World("a=x:4:1"), Build.Info("p", "1", priority: 10, with: spec => spec.PreemptionPolicy = "Never"));
        Assert.Null(decision.Victims);
        Assert.Equal(
            "0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.", decision.Failure!.Message);
    }

    [Fact]
    public void While_the_victims_end_nothing_more_is_preempted()
    {
        var ending = Build.Pod("x", "4", priority: 1);
        ending.Metadata.DeletionTimestamp = DateTimeOffset.UnixEpoch;
        ending.Status = new PodStatus { Conditions = [new PodCondition { Type = "DisruptionTarget", Status = "True", Reason = "PreemptionByScheduler" }] };
        var pod = Build.Info("p", "1", priority: 10);
        var nominations = new NominatedPods();
        nominations.Set(pod, "a");
        NodeInfo[] nodes = [Build.NodeInfo(Build.Node("a"), new PodInfo(ending)), .. World("b=y:4:1")];
        var decision = new SchedulingAlgorithm(new Prng(1)).Decide(Profile, pod, new ClusterView(nodes), nominations);
        Assert.Null(decision.NominatedNode);
        Assert.EndsWith("preemption: not eligible due to a terminating pod on the nominated node.", decision.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Preemption_lifts_anti_affinity()
    {
        var guard = Build.Pod("guard", priority: 1, with: spec => spec.Affinity = new Affinity
        {
            PodAntiAffinity = new PodAntiAffinity
            {
                RequiredDuringSchedulingIgnoredDuringExecution =
                    [new PodAffinityTerm { TopologyKey = "kubernetes.io/hostname", LabelSelector = new LabelSelector() }],
            },
        });
        var decision = Decide([Build.NodeInfo(Build.Node("a"), new PodInfo(guard))], Build.Info("p", priority: 10));
        Assert.Equal(("a", "guard"), (decision.NominatedNode, Assert.Single(decision.Victims!).Key.Name));
        Assert.Equal("0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules.", decision.Failure!.Message);
    }

    /// <summary>Against a dumb twin in plain arithmetic on cpus; one scheduler decides on many pods, so that what it remembers is tried as well.</summary>
    [Fact]
    public void Victims_are_those_of_a_plain_reading_of_the_rules()
    {
        var pod = from cpu in Gen.Choose(1, 4)
                  from priority in Gen.Choose(0, 4)
                  select (cpu, priority);
        var cases = from nodes in Gen.Choose(1, 5)
                    from pods in Gen.ListOf(pod)
                    from seed in Gen.Choose(0, int.MaxValue)
                    select (nodes, Pods: pods.ToArray(), seed);
        Prop.ForAll(cases.ToArbitrary(), world =>
        {
            var cache = new SchedulerCache();
            for (var i = 0; i < world.nodes; i++)
            {
                cache.SetNode(Build.Node($"n{i}"));
            }

            var algorithm = new SchedulingAlgorithm(new Prng((ulong)world.seed));
            var snapshot = new Snapshot();
            for (var i = 0; i < world.Pods.Length; i++)
            {
                var info = Build.Info($"p{i}", $"{world.Pods[i].cpu}", priority: world.Pods[i].priority);
                cache.Update(snapshot);
                var best = Twin(info, snapshot.Nodes.ToArray());
                var decision = algorithm.Decide(Profile, info, snapshot, new NominatedPods());
                var chosen = decision.Node ?? decision.NominatedNode;
                if (string.IsNullOrEmpty(chosen))
                {
                    if (best.Count > 0)
                    {
                        return false;
                    }

                    continue;
                }

                var victims = string.Join(' ', (decision.Victims ?? []).Select(victim => victim.Uid).Order(StringComparer.Ordinal));
                if (!best.Contains((chosen, victims)))
                {
                    return false;
                }

                foreach (var victim in decision.Victims ?? [])
                {
                    cache.RemovePod(victim.Uid);
                }

                Assert.True(cache.TryAssume(info, chosen));
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>The nodes, with victims, that are as good as any: those with room, or else those with the least harm.</summary>
    private static HashSet<(string Node, string Victims)> Twin(PodInfo pod, NodeInfo[] nodes)
    {
        static long Cpu(IEnumerable<PodInfo> pods) => pods.Sum(other => other.Requests.CpuMillis);
        var room = nodes.Where(node => Cpu(node.Pods) + pod.Requests.CpuMillis <= 4000).ToList();
        if (room.Count > 0)
        {
            return room.Select(node => (node.Name, string.Empty)).ToHashSet();
        }

        var ways = new List<(string Node, string Victims, (int Highest, long Sum, int Count) Harm)>();
        foreach (var node in nodes)
        {
            var stay = node.Pods.Where(other => other.Priority >= pod.Priority).ToList();
            if (Cpu(stay) + pod.Requests.CpuMillis > 4000)
            {
                continue;
            }

            var victims = new List<PodInfo>();
            foreach (var other in node.Pods.Except(stay).OrderByDescending(other => other.Priority).ToList())
            {
                (Cpu(stay) + other.Requests.CpuMillis + pod.Requests.CpuMillis <= 4000 ? stay : victims).Add(other);
            }

            ways.Add((
                node.Name,
                string.Join(' ', victims.Select(victim => victim.Uid).Order(StringComparer.Ordinal)),
                (victims.Max(victim => victim.Priority), victims.Sum(victim => victim.Priority + (1L << 31)), victims.Count)));
        }

        return ways.Where(way => way.Harm.CompareTo(ways.Min(other => other.Harm)) == 0).Select(way => (way.Node, way.Victims)).ToHashSet();
    }

    private static Decision Decide(IReadOnlyList<NodeInfo> nodes, PodInfo pod, IClusterFacts? facts = null) =>
        new SchedulingAlgorithm(new Prng(1)).Decide(Profile, pod, new ClusterView(nodes, facts), new NominatedPods());

    private static List<NodeInfo> World(string there) =>
    [
        .. there.Split(' ').Select(text => text.Split('=')).Select(node => Build.NodeInfo(
            Build.Node(node[0]),
            [.. node[1].Split(',').Select(pod => pod.Split(':')).Select(pod => Build.Info(pod[0], pod[1], priority: int.Parse(pod[2])))])),
    ];
}
