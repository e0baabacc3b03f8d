using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Base;
using Kube.Scheduler.Cycle;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Queue;
using Plugin = Kube.Scheduler.Plugins.InterPodAffinity.InterPodAffinity;

namespace Kube.Scheduler.Tests;

public class InterPodAffinityTests
{
    private const string Zone = "topology.kubernetes.io/zone";
    private const string Host = "kubernetes.io/hostname";

    public static TheoryData<string, string, string, string> Cases() => new()
    {
        // what the pod wants | who is there, by node (a and b in zone 1, c in zone 2, d in none) | verdicts of a b c d | scores of a b c d
        { "+app=web@zone", "a:web", "ok ok near near", "0 0 0 0" },
        { "+app=web@zone", "", "near near near near", "0 0 0 0" },
        { "+app=self@zone", "", "ok ok ok near", "0 0 0 0" },
        { "+app=self@zone", "c:self", "near near ok near", "0 0 0 0" },
        { "+app=web@zone +app=db@zone", "a:web c:db", "near near near near", "0 0 0 0" },
        { "-app=web@zone", "a:web", "away away ok ok", "0 0 0 0" },
        { "-app=web@host", "a:web", "away ok ok ok", "0 0 0 0" },
        { "", "a:web!self@zone", "theirs theirs ok ok", "0 0 0 0" },
        { "", "a:web!other@zone", "ok ok ok ok", "0 0 0 0" },
        { "~app=web@zone", "a:web", "ok ok ok ok", "100 100 0 0" },
        { "~-app=web@host", "a:web", "ok ok ok ok", "0 100 100 100" },
        { "~app=web@zone ~app=db@host", "a:web b:db", "ok ok ok ok", "50 100 0 0" },
        { "", "c:web?self@zone", "ok ok ok ok", "0 0 100 0" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pods_are_near_and_away(string wants, string there, string verdicts, string scores)
    {
        var view = new ClusterView(World(there));
        var rule = new Plugin().Prepare(Pod("self", wants), view)!;
        CountAll(rule, view);
        Assert.Equal(verdicts, string.Join(' ', view.Nodes.ToArray().Select(node => Short(rule.Filter(node.Index, node)))));
        var given = new long[view.Count];
        rule.Score([.. Enumerable.Range(0, view.Count)], given);
        Assert.Equal(scores, string.Join(' ', given));
    }

    [Fact]
    public void Terms_reach_other_namespaces_by_name_and_by_label()
    {
        var facts = new Cache.ClusterFacts();
        facts.Set(new Namespace { Metadata = new ObjectMeta { Name = "far", Labels = new() { ["team"] = "red" } } });
        var there = Build.NodeInfo(Build.Node("n"), new PodInfo(Named("there", "far", new() { ["app"] = "web" })));
        bool Away(PodAffinityTerm term)
        {
            var view = new ClusterView([there.Clone()], facts);
            var pod = Build.Pod("p", with: spec => spec.Affinity = new Affinity
            {
                PodAntiAffinity = new PodAntiAffinity { RequiredDuringSchedulingIgnoredDuringExecution = [term] },
            });
            var rule = new Plugin().Prepare(new PodInfo(pod), view)!;
            CountAll(rule, view);
            return !rule.Filter(0, view.Nodes[0]).IsSuccess;
        }

        PodAffinityTerm Term(List<string>? namespaces = null, LabelSelector? by = null) => new()
        {
            TopologyKey = Host,
            LabelSelector = Select("web"),
            Namespaces = namespaces,
            NamespaceSelector = by,
        };
        Assert.False(Away(Term()));
        Assert.True(Away(Term(["far"])));
        Assert.True(Away(Term(by: new LabelSelector())));
        Assert.True(Away(Term(by: new LabelSelector { MatchLabels = new() { ["team"] = "red" } })));
        Assert.False(Away(Term(by: new LabelSelector { MatchLabels = new() { ["team"] = "blue" } })));
    }

    [Fact]
    public void Label_keys_that_must_match_are_taken_from_the_pod()
    {
        var pod = Named("p", "default", new() { ["app"] = "web", ["hash"] = "1", ["tenant"] = "x" });
        pod.Spec!.Affinity = new Affinity
        {
            PodAffinity = new PodAffinity
            {
                RequiredDuringSchedulingIgnoredDuringExecution =
                [
                    new PodAffinityTerm { TopologyKey = Host, LabelSelector = Select("web"), MatchLabelKeys = ["hash"], MismatchLabelKeys = ["tenant"] },
                ],
            },
        };
        var term = new PodInfo(pod).Affinity.Required[0];
        bool Matches(string hash, string tenant) => term.Matches(
            new PodInfo(Named("o", "default", new() { ["app"] = "web", ["hash"] = hash, ["tenant"] = tenant })), NoFacts.Instance);
        Assert.True(Matches("1", "y"));
        Assert.False(Matches("2", "y"));
        Assert.False(Matches("1", "x"));
    }

    /// <summary>
    /// Against a dumb twin: place random pods one by one through the whole algorithm, which keeps its sums from pod to pod; the twin reads all
    /// pods on all nodes anew for each.
    /// </summary>
    [Fact]
    public void Sums_kept_from_pod_to_pod_say_what_a_plain_reading_says()
    {
        var term = from sign in Gen.Elements("+", "-", "~", "~-")
                   from app in Gen.Elements("web", "db", "self")
                   from key in Gen.Elements("zone", "host")
                   select $"{sign}app={app}@{key}";
        var pod = from app in Gen.Elements("web", "db", "self")
                  from terms in Gen.ListOf(term, 2)
                  from count in Gen.Choose(0, 2)
                  select (App: app, Wants: string.Join(' ', terms.Take(count)));
        var cases = from pods in Gen.ListOf(pod)
                    from seed in Gen.Choose(0, int.MaxValue)
                    select (Pods: pods.ToArray(), Seed: seed);
        Prop.ForAll(cases.ToArbitrary(), world =>
        {
            var profile = new Profile("default-scheduler", [new Plugins.PrioritySort.PrioritySort(), new Plugin()]);
            var algorithm = new SchedulingAlgorithm(new Prng((ulong)world.Seed));
            var cache = new Cache.SchedulerCache();
            foreach (var node in World(string.Empty))
            {
                cache.SetNode(node.Node!);
            }

            var snapshot = new Cache.Snapshot();
            for (var i = 0; i < world.Pods.Length; i++)
            {
                var info = Pod(world.Pods[i].App, world.Pods[i].Wants, $"p{i}");
                cache.Update(snapshot);
                var feasible = Twin(info, snapshot.Nodes.ToArray());
                var decision = algorithm.Decide(profile, info, snapshot, new NominatedPods());
                if (decision.Node is null ? feasible.Count > 0 : !feasible.Contains(decision.Node))
                {
                    return false;
                }

                if (decision.Node is not null)
                {
                    Assert.True(cache.TryAssume(info, decision.Node));
                }
                else if (i > 2)
                {
                    cache.RemovePod($"p{i / 2}");
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>The feasible nodes with the best score, by reading every pair of pods.</summary>
    private static HashSet<string> Twin(PodInfo pod, NodeInfo[] nodes)
    {
        static string? Value(NodeInfo node, string key) => node.Node!.Metadata.Labels!.GetValueOrDefault(key);
        static bool Near(NodeInfo left, NodeInfo right, string key) => Value(left, key) is { } value && value == Value(right, key);
        var all = nodes.SelectMany(node => node.Pods.Select(other => (Pod: other, Node: node))).ToList();
        bool Selects(AffinityTerm term, PodInfo other) => term.Matches(other, NoFacts.Instance);
        bool SelectsAll(PodInfo other) => pod.Affinity.Required.All(term => Selects(term, other));
        bool Fits(NodeInfo node)
        {
            var required = pod.Affinity.Required;
            var begins = SelectsAll(pod) && !all.Any(other => SelectsAll(other.Pod) && required.Any(term => Value(other.Node, term.TopologyKey) is not null));
            return required.All(term => Value(node, term.TopologyKey) is not null)
                && (begins || required.All(term => all.Any(other => SelectsAll(other.Pod) && Near(node, other.Node, term.TopologyKey))))
                && !pod.Affinity.RequiredAnti.Any(term => all.Any(other => Selects(term, other.Pod) && Near(node, other.Node, term.TopologyKey)))
                && !all.Any(other => other.Pod.Affinity.RequiredAnti.Any(term => Selects(term, pod) && Near(node, other.Node, term.TopologyKey)));
        }

        long Raw(NodeInfo node) => all.Sum(other =>
            pod.Affinity.Preferred.Where(term => Selects(term, other.Pod) && Near(node, other.Node, term.TopologyKey)).Sum(term => term.Weight)
            - pod.Affinity.PreferredAnti.Where(term => Selects(term, other.Pod) && Near(node, other.Node, term.TopologyKey)).Sum(term => term.Weight)
            + other.Pod.Affinity.Required.Count(term => Selects(term, pod) && Near(node, other.Node, term.TopologyKey))
            + other.Pod.Affinity.Preferred.Where(term => Selects(term, pod) && Near(node, other.Node, term.TopologyKey)).Sum(term => term.Weight)
            - other.Pod.Affinity.PreferredAnti.Where(term => Selects(term, pod) && Near(node, other.Node, term.TopologyKey)).Sum(term => term.Weight));
        var fit = nodes.Where(Fits).ToList();
        if (fit.Count == 0)
        {
            return [];
        }

        var raw = fit.ToDictionary(node => node.Name, Raw);
        var least = raw.Values.Min();
        var range = raw.Values.Max() - least;
        var scores = raw.ToDictionary(pair => pair.Key, pair => range == 0 ? 0 : (long)(100 * ((double)(pair.Value - least) / range)));
        return scores.Where(pair => pair.Value == scores.Values.Max()).Select(pair => pair.Key).ToHashSet();
    }

    private static string Short(Framework.Status status) => status.IsSuccess ? "ok" : status.ToString() switch
    {
        "node(s) didn't match pod affinity rules" => "near",
        "node(s) didn't match pod anti-affinity rules" => "away",
        "node(s) didn't satisfy existing pods anti-affinity rules" => "theirs",
        var other => other,
    };

    private static void CountAll(IClusterRule rule, ClusterView view)
    {
        foreach (var node in view.Nodes)
        {
            foreach (var pod in node.Pods)
            {
                rule.CountPod(node, pod, 1);
            }
        }
    }

    /// <summary>Nodes a to d with pods written as "a:web", "a:web!self@zone" (keeps away from app=self), "a:web?self@zone" (likes it).</summary>
    private static List<NodeInfo> World(string there)
    {
        var nodes = new Dictionary<string, NodeInfo>();
        foreach (var (name, zone) in new[] { ("a", "1"), ("b", "1"), ("c", "2"), ("d", null) })
        {
            nodes[name] = Build.NodeInfo(Build.Node(name, with: node =>
            {
                if (zone is not null)
                {
                    node.Metadata.Labels![Zone] = zone;
                }
            }));
        }

        foreach (var (text, i) in there.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((text, i) => (text, i)))
        {
            var app = text[2..].Split('!', '?')[0];
            var wants = text.Contains('!') ? "-app=" + text.Split('!')[1] : text.Contains('?') ? "~app=" + text.Split('?')[1] : string.Empty;
            nodes[text[..1]].AddPod(Pod(app, wants, $"there{i}"));
        }

        return [.. nodes.Values];
    }

    /// <summary>"+app=x@zone" requires, "-app=x@host" keeps away, "~app=x@zone" prefers, "~-app=x@zone" prefers to keep away.</summary>
    private static PodInfo Pod(string app, string wants, string name = "p")
    {
        var affinity = new PodAffinity { RequiredDuringSchedulingIgnoredDuringExecution = [], PreferredDuringSchedulingIgnoredDuringExecution = [] };
        var anti = new PodAntiAffinity { RequiredDuringSchedulingIgnoredDuringExecution = [], PreferredDuringSchedulingIgnoredDuringExecution = [] };
        foreach (var text in wants.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = text[(text.IndexOf('=') + 1)..].Split('@');
            var term = new PodAffinityTerm { TopologyKey = parts[1] == "zone" ? Zone : Host, LabelSelector = Select(parts[0]) };
            switch (text[..text.IndexOf("app", StringComparison.Ordinal)])
            {
                case "+": affinity.RequiredDuringSchedulingIgnoredDuringExecution!.Add(term); break;
                case "-": anti.RequiredDuringSchedulingIgnoredDuringExecution!.Add(term); break;
                case "~": affinity.PreferredDuringSchedulingIgnoredDuringExecution!.Add(new WeightedPodAffinityTerm { Weight = 10, PodAffinityTerm = term }); break;
                default: anti.PreferredDuringSchedulingIgnoredDuringExecution!.Add(new WeightedPodAffinityTerm { Weight = 10, PodAffinityTerm = term }); break;
            }
        }

        var pod = Named(name, "default", new() { ["app"] = app });
        pod.Spec!.Affinity = wants.Length == 0 ? null : new Affinity { PodAffinity = affinity, PodAntiAffinity = anti };
        return new PodInfo(pod);
    }

    private static LabelSelector Select(string app) => new() { MatchLabels = new() { ["app"] = app } };

    private static Pod Named(string name, string ns, Dictionary<string, string> labels)
    {
        var pod = Build.Pod(name);
        pod.Metadata.Namespace = ns;
        pod.Metadata.Labels = labels;
        return pod;
    }
}
