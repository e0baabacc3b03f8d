using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Base;
using Kube.Scheduler.Cycle;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Queue;
using Plugin = Kube.Scheduler.Plugins.PodTopologySpread.PodTopologySpread;

namespace Kube.Scheduler.Tests;

public class PodTopologySpreadTests
{
    private const string Zone = "topology.kubernetes.io/zone";
    private const string Host = "kubernetes.io/hostname";

    public static TheoryData<string, int, int?, string, string> HardCases() => new()
    {
        // key, maxSkew, minDomains, pods on a b (zone 1) c (zone 2) d (no zone), verdicts
        { Zone, 1, null, "0 0 0 0", "ok ok ok missing" },
        { Zone, 1, null, "1 0 0 0", "skew skew ok missing" },
        { Zone, 1, null, "1 0 1 0", "ok ok ok missing" },
        { Zone, 2, null, "1 1 1 0", "ok ok ok missing" },
        { Zone, 1, 3, "1 0 1 0", "skew skew skew missing" },
        { Zone, 1, 3, "0 0 0 0", "ok ok ok missing" },
        { Host, 1, null, "1 1 1 0", "skew skew skew ok" },
        { Host, 1, null, "2 1 1 1", "skew ok ok ok" },
    };

    [Theory]
    [MemberData(nameof(HardCases))]
    public void A_hard_constraint_keeps_domains_even(string key, int maxSkew, int? minDomains, string there, string verdicts)
    {
        var view = new ClusterView(World(there));
        var rule = Counted(new Plugin(), Pod("p", Constraint(key, maxSkew, "DoNotSchedule", minDomains)), view);
        Assert.Equal(verdicts, string.Join(' ', view.Nodes.ToArray().Select(node => Short(rule.Filter(node.Index, node)))));
    }

    [Theory]
    [InlineData(Zone, "1 1 1 0", "33 33 100 0")]
    [InlineData(Zone, "0 0 0 0", "100 100 100 0")]
    [InlineData(Host, "2 0 0 0", "0 100 100 100")]
    public void A_soft_constraint_prefers_the_emptier_domain(string key, string there, string expected)
    {
        var view = new ClusterView(World(there));
        var rule = Counted(new Plugin(), Pod("p", Constraint(key, 1, "ScheduleAnyway")), view);
        var scores = new long[view.Count];
        rule.Score([.. Enumerable.Range(0, view.Count)], scores);
        Assert.Equal(expected, string.Join(' ', scores));
    }

    [Theory]
    [InlineData("Honor", "Ignore", "skew")]
    [InlineData("Ignore", "Ignore", "skew")]
    [InlineData("Honor", "Honor", "ok")]
    public void Policies_say_which_nodes_count(string affinity, string taints, string expected)
    {
        // Zone 1 has one pod on a; zone 2 is tainted: honoured, it is no domain, and zone 1 alone is never ahead of itself.
        var nodes = World("1 0 0 0");
        nodes[2].SetNode(Build.Node("c", with: node =>
        {
            node.Metadata.Labels![Zone] = "2";
            node.Spec!.Taints = [new Taint { Key = "k", Effect = "NoSchedule" }];
        }));
        var view = new ClusterView(nodes);
        var constraint = Constraint(Zone, 1, "DoNotSchedule");
        constraint.NodeAffinityPolicy = affinity;
        constraint.NodeTaintsPolicy = taints;
        Assert.Equal(expected, Short(Counted(new Plugin(), Pod("p", constraint), view).Filter(0, view.Nodes[0])));
    }

    [Fact]
    public void A_node_that_the_pod_does_not_select_is_no_domain_unless_ignored()
    {
        string Verdict(string policy)
        {
            var view = new ClusterView(World("1 0 0 0"));
            var constraint = Constraint(Zone, 1, "DoNotSchedule");
            constraint.NodeAffinityPolicy = policy;
            var pod = Build.Pod("p", with: spec =>
            {
                spec.NodeSelector = new() { [Zone] = "1" };
                spec.TopologySpreadConstraints = [constraint];
            });
            pod.Metadata.Labels = new() { ["app"] = "x" };
            return Short(Counted(new Plugin(), new PodInfo(pod), view).Filter(0, view.Nodes[0]));
        }

        Assert.Equal("ok", Verdict("Honor"));
        Assert.Equal("skew", Verdict("Ignore"));
    }

    [Fact]
    public void Label_keys_tell_revisions_apart()
    {
        var nodes = World("0 0 0 0");
        var old = Build.Pod("old");
        old.Metadata.Labels = new() { ["app"] = "x", ["rev"] = "1" };
        nodes[0].AddPod(new PodInfo(old));
        var view = new ClusterView(nodes);
        var constraint = Constraint(Zone, 1, "DoNotSchedule");
        constraint.MatchLabelKeys = ["rev"];
        var pod = Pod("p", constraint);
        pod.Labels!["rev"] = "2";
        Assert.Equal("ok", Short(Counted(new Plugin(), new PodInfo(pod.Pod), view).Filter(0, view.Nodes[0])));
    }

    [Fact]
    public void Pods_of_a_service_are_spread_by_default()
    {
        var facts = new Cache.ClusterFacts();
        facts.Set(new Service { Metadata = new ObjectMeta { Name = "s", Namespace = "default" }, Spec = new ServiceSpec { Selector = new() { ["app"] = "x" } } });
        var view = new ClusterView(World("3 0 0 0"), facts);
        var pod = Build.Pod("p");
        pod.Metadata.Labels = new() { ["app"] = "x" };
        var rule = Counted(new Plugin(), new PodInfo(pod), view);
        Assert.False(rule.Filters);
        var scores = new long[view.Count];
        rule.Score([.. Enumerable.Range(0, view.Count)], scores);
        Assert.True(scores[0] < scores[1] && scores[1] < scores[2], string.Join(' ', scores));
        Assert.Null(new Plugin().Prepare(Build.Info("alone"), view));
    }

    /// <summary>Against a dumb twin that counts all pods anew for each decision.</summary>
    [Fact]
    public void Sums_kept_from_pod_to_pod_say_what_a_plain_reading_says()
    {
        var cases = from skew in Gen.Choose(1, 3)
                    from key in Gen.Elements(Zone, Host)
                    from minDomains in Gen.Elements<int?>(null, 2, 3)
                    from steps in Gen.ListOf(Gen.Choose(0, 9))
                    from seed in Gen.Choose(0, int.MaxValue)
                    select (skew, key, minDomains, Steps: steps.ToArray(), Seed: seed);
        Prop.ForAll(cases.ToArbitrary(), world =>
        {
            var profile = new Profile("default-scheduler", [new Plugins.PrioritySort.PrioritySort(), new Plugin()]);
            var algorithm = new SchedulingAlgorithm(new Prng((ulong)world.Seed));
            var cache = new Cache.SchedulerCache();
            foreach (var node in World("0 0 0 0"))
            {
                cache.SetNode(node.Node!);
            }

            var snapshot = new Cache.Snapshot();
            var placed = new List<string>();
            for (var i = 0; i < world.Steps.Length; i++)
            {
                if (world.Steps[i] < 3 && placed.Count > 0)
                {
                    var gone = placed[world.Steps[i] % placed.Count];
                    placed.Remove(gone);
                    cache.RemovePod(gone);
                    continue;
                }

                var pod = Pod($"p{i}", Constraint(world.key, world.skew, "DoNotSchedule", world.minDomains), Constraint(Zone, 1, "ScheduleAnyway"));
                cache.Update(snapshot);
                var best = Twin(world.key, world.skew, world.minDomains ?? 1, snapshot.Nodes.ToArray());
                var decision = algorithm.Decide(profile, pod, snapshot, new NominatedPods());
                if (decision.Node is null ? best.Count > 0 : !best.Contains(decision.Node))
                {
                    return false;
                }

                if (decision.Node is not null)
                {
                    Assert.True(cache.TryAssume(pod, decision.Node));
                    placed.Add(pod.Uid);
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    private static HashSet<string> Twin(string key, int skew, int minDomains, NodeInfo[] nodes)
    {
        static string? Value(NodeInfo node, string key) => node.Node!.Metadata.Labels!.GetValueOrDefault(key);
        Dictionary<string, int> Sums(string by) => nodes.Where(node => Value(node, by) is not null)
            .GroupBy(node => Value(node, by)!).ToDictionary(group => group.Key, group => group.Sum(node => node.Pods.Count));
        var hard = Sums(key);
        var least = hard.Count < minDomains ? 0 : hard.Values.Min();
        var fit = nodes.Where(node => Value(node, key) is { } value && hard[value] + 1 - least <= skew).ToList();
        var zones = Sums(Zone);
        var scored = fit.Where(node => Value(node, Zone) is not null).ToList();
        var weight = Math.Log(scored.Select(node => Value(node, Zone)).Distinct().Count() + 2);
        var raw = scored.ToDictionary(node => node.Name, node => (long)Math.Round(zones[Value(node, Zone)!] * weight, MidpointRounding.AwayFromZero));
        var most = raw.Count == 0 ? 0 : raw.Values.Max();
        var score = fit.ToDictionary(
            node => node.Name,
            node => !raw.TryGetValue(node.Name, out var own) ? 0 : most == 0 ? 100 : 100 * (most + raw.Values.Min() - own) / most);
        return fit.Count == 0 ? [] : score.Where(pair => pair.Value == score.Values.Max()).Select(pair => pair.Key).ToHashSet();
    }

    private static string Short(Framework.Status status) => status.IsSuccess ? "ok" : status.ToString() switch
    {
        "node(s) didn't match pod topology spread constraints" => "skew",
        "node(s) didn't match pod topology spread constraints (missing required label)" => "missing",
        var other => other,
    };

    private static IClusterRule Counted(Plugin plugin, PodInfo pod, ClusterView view)
    {
        var rule = plugin.Prepare(pod, view)!;
        foreach (var node in view.Nodes)
        {
            rule.CountNode(node, 1);
            foreach (var other in node.Pods)
            {
                rule.CountPod(node, other, 1);
            }
        }

        return rule;
    }

    private static List<NodeInfo> World(string there)
    {
        var counts = there.Split(' ').Select(int.Parse).ToArray();
        return [.. new[] { ("a", "1"), ("b", "1"), ("c", "2"), ("d", null) }.Select((entry, at) => Build.NodeInfo(
            Build.Node(entry.Item1, with: node =>
            {
                if (entry.Item2 is not null)
                {
                    node.Metadata.Labels![Zone] = entry.Item2;
                }
            }),
            [.. Enumerable.Range(0, counts[at]).Select(i => Pod($"{entry.Item1}{i}"))]))];
    }

    private static TopologySpreadConstraint Constraint(string key, int maxSkew, string when, int? minDomains = null) => new()
    {
        TopologyKey = key,
        MaxSkew = maxSkew,
        WhenUnsatisfiable = when,
        MinDomains = minDomains,
        LabelSelector = new LabelSelector { MatchLabels = new() { ["app"] = "x" } },
    };

    private static PodInfo Pod(string name, params TopologySpreadConstraint[] constraints)
    {
        var pod = Build.Pod(name, with: spec => spec.TopologySpreadConstraints = [.. constraints]);
        pod.Metadata.Labels = new() { ["app"] = "x" };
        return new PodInfo(pod);
    }
}
