using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Core.V1;
using Kube.Base;
using Kube.Scheduler.Cache;
using Kube.Scheduler.Cycle;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Plugins;
using Kube.Scheduler.Queue;

namespace Kube.Scheduler.Tests;

/// <summary>
/// The whole algorithm with all its memory, against a dumb twin that asks every plugin of the profile about every node anew, while pods and nodes come,
/// go and change at random. The twin knows the nodes that are good for the pod, and why the others are not.
/// </summary>
public class PlainReadingTests
{
    private const string Zone = "topology.kubernetes.io/zone";
    private static readonly Profile Profile = DefaultProfile.Create();

    [Fact]
    public void Decisions_are_those_of_a_plain_reading_while_the_cluster_changes() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => new World(new Prng((ulong)seed)).Run(steps: 60)).QuickCheckThrowOnFailure();

    /// <summary>What a plain reading of the plugins says: the best nodes, or why there are none.</summary>
    private static (HashSet<string> Best, string Why) Twin(PodInfo pod, IEnumerable<NodeInfo> nodes)
    {
        var view = new ClusterView(nodes);
        if (Profile.PreFilter.Select(plugin => plugin.PreFilter(pod, view).Status.By(plugin.Name)).FirstOrDefault(status => !status.IsSuccess && !status.IsSkip) is { } rejection)
        {
            return ([], new FitError(view.Count, rejection).Message);
        }

        var rules = Profile.ClusterFilter.Concat(Profile.ClusterScore).Distinct().ToDictionary(plugin => plugin, plugin => Count(plugin.Prepare(pod, view), view));
        var verdicts = view.Nodes.ToArray().ToDictionary(node => node, node => Verdict(pod, node, rules));
        var fit = verdicts.Where(pair => pair.Value.IsSuccess).Select(pair => pair.Key).OrderBy(node => node.Index).ToArray();
        if (fit.Length == 0)
        {
            return ([], new FitError(view.Count, verdicts.Values.Select(verdict => KeyValuePair.Create(verdict, 1))).Message);
        }

        var totals = new long[fit.Length];
        foreach (var plugin in Profile.Score)
        {
            var scores = fit.Select(node => plugin.Score(pod, node)).ToArray();
            (plugin as INormalizeScorePlugin)?.Normalize(scores);
            Add(totals, scores, Profile.WeightOf(plugin));
        }

        foreach (var plugin in Profile.ClusterScore)
        {
            if (rules[plugin] is { Scores: true } rule)
            {
                var scores = new long[fit.Length];
                rule.Score(fit.Select(node => node.Index).ToArray(), scores);
                Add(totals, scores, Profile.WeightOf(plugin));
            }
        }

        return (fit.Where((_, i) => totals[i] == totals.Max()).Select(node => node.Name).ToHashSet(), string.Empty);
    }

    private static Status Verdict(PodInfo pod, NodeInfo node, Dictionary<IClusterPlugin, IClusterRule?> rules)
    {
        foreach (var plugin in Profile.Filter)
        {
            if (plugin.Filter(pod, node) is { IsSuccess: false } verdict)
            {
                return verdict.By(plugin.Name);
            }
        }

        foreach (var plugin in Profile.ClusterFilter)
        {
            if (rules[plugin] is { Filters: true } rule && rule.Filter(node.Index, node) is { IsSuccess: false } verdict)
            {
                return verdict;
            }
        }

        return Status.Success;
    }

    private static IClusterRule? Count(IClusterRule? rule, ClusterView view)
    {
        foreach (var node in view.Nodes)
        {
            if (rule?.CountsNodes == true)
            {
                rule.CountNode(node, 1);
            }

            foreach (var pod in rule is null || rule.Counts == CountedPods.None ? [] : rule.Counts == CountedPods.All ? node.Pods : node.PodsWithAffinity)
            {
                rule!.CountPod(node, pod, 1);
            }
        }

        return rule;
    }

    private static void Add(long[] totals, long[] scores, int weight)
    {
        for (var i = 0; i < totals.Length; i++)
        {
            totals[i] += scores[i] * weight;
        }
    }

    private sealed class World(Prng prng)
    {
        private readonly SchedulerCache _cache = new();
        private readonly Snapshot _snapshot = new();
        private readonly SchedulingAlgorithm _algorithm = new(new Prng(7));
        private readonly Dictionary<string, Node> _nodes = [];
        private readonly List<PodInfo> _placed = [];
        private int _made;

        public bool Run(int steps)
        {
            for (var i = 0; i < 5; i++)
            {
                AddNode();
            }

            for (var i = 0; i < steps; i++)
            {
                switch (prng.Next(10))
                {
                    case 0: AddNode(); break;
                    case 1: RemoveNode(); break;
                    case 2: ChangeNode(); break;
                    case 3: RemovePod(); break;
                    default:
                        if (!Place())
                        {
                            return false;
                        }

                        break;
                }
            }

            return true;
        }

        private bool Place()
        {
            var pod = MakePod();
            _cache.Update(_snapshot);
            var (best, why) = Twin(pod, _snapshot.Nodes.ToArray().Select(node => node.Clone()));
            var decision = _algorithm.Decide(Profile, pod, _snapshot, new NominatedPods());
            if (decision.Node is { } node)
            {
                Assert.True(_cache.TryAssume(pod, node));
                _placed.Add(pod);
                return best.Contains(node);
            }

            return best.Count == 0 && decision.Failure!.Message.StartsWith(why, StringComparison.Ordinal);
        }

        private void AddNode() => Set(Build.Node($"n{_made++}", cpu: $"{prng.Next(1, 5)}"), change: true);

        private void RemoveNode()
        {
            if (_nodes.Count > 0)
            {
                var name = _nodes.Keys.ElementAt(prng.Next(_nodes.Count));
                _nodes.Remove(name);
                _cache.RemoveNode(name);
            }
        }

        private void ChangeNode()
        {
            if (_nodes.Count > 0)
            {
                var name = _nodes.Keys.ElementAt(prng.Next(_nodes.Count));
                Set(Build.Node(name, cpu: $"{prng.Next(1, 5)}"), prng.Chance(0.5));
            }
        }

        private void Set(Node node, bool change)
        {
            if (change || !_nodes.TryGetValue(node.Metadata.Name!, out var before))
            {
                if (prng.Chance(0.8))
                {
                    node.Metadata.Labels![Zone] = $"z{prng.Next(3)}";
                }

                if (prng.Chance(0.3))
                {
                    node.Metadata.Labels!["disk"] = "ssd";
                }
            }
            else
            {
                node.Metadata.Labels = before.Metadata.Labels;
            }

            node.Spec!.Unschedulable = prng.Chance(0.1);
            node.Spec.Taints = prng.Chance(0.3) ? [new Taint { Key = "t", Value = "1", Effect = prng.Chance(0.5) ? "NoSchedule" : "PreferNoSchedule" }] : null;
            _nodes[node.Metadata.Name!] = node;
            _cache.SetNode(node);
        }

        private void RemovePod()
        {
            if (_placed.Count > 0)
            {
                var index = prng.Next(_placed.Count);
                _cache.RemovePod(_placed[index].Uid);
                _placed.RemoveAt(index);
            }
        }

        private PodInfo MakePod()
        {
            var app = $"a{prng.Next(2)}";
            var pod = Build.Pod($"p{_made++}", $"{prng.Next(1, 6) * 200}m", with: spec =>
            {
                switch (prng.Next(8))
                {
                    case 0: spec.NodeSelector = new() { ["disk"] = "ssd" }; break;
                    case 1: spec.Tolerations = [new Toleration { Key = "t", Operator = "Exists" }]; break;
                    case 2: spec.Containers![0].Ports = [new ContainerPort { HostPort = 80 }]; break;
                    case 3: spec.Affinity = new Affinity { PodAffinity = new PodAffinity { RequiredDuringSchedulingIgnoredDuringExecution = [Term(app)] } }; break;
                    case 4: spec.Affinity = new Affinity { PodAntiAffinity = new PodAntiAffinity { RequiredDuringSchedulingIgnoredDuringExecution = [Term(app, "kubernetes.io/hostname")] } }; break;
                    case 5: spec.Affinity = new Affinity { NodeAffinity = Prefers() }; break;
                    case 6: spec.TopologySpreadConstraints = [Spread(app, "DoNotSchedule")]; break;
                    default: spec.TopologySpreadConstraints = prng.Chance(0.5) ? [Spread(app, "ScheduleAnyway")] : null; break;
                }
            });
            pod.Metadata.Labels = new() { ["app"] = app };
            return new PodInfo(pod);
        }

        private static NodeAffinity Prefers() => new()
        {
            PreferredDuringSchedulingIgnoredDuringExecution =
            [
                new PreferredSchedulingTerm
                {
                    Weight = 5,
                    Preference = new NodeSelectorTerm { MatchExpressions = [new NodeSelectorRequirement { Key = Zone, Operator = "In", Values = ["z1"] }] },
                },
            ],
        };

        private static PodAffinityTerm Term(string app, string key = Zone) =>
            new() { TopologyKey = key, LabelSelector = new() { MatchLabels = new() { ["app"] = app } } };

        private static TopologySpreadConstraint Spread(string app, string when) => new()
        {
            MaxSkew = 1,
            TopologyKey = Zone,
            WhenUnsatisfiable = when,
            LabelSelector = new() { MatchLabels = new() { ["app"] = app } },
        };
    }
}
