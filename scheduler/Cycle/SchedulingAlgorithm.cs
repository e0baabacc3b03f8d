using Kube.Base;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cycle;

/// <summary>What a scheduling cycle decided: a node, or why none.</summary>
/// <param name="Node">The chosen node; null when there is none.</param>
/// <param name="Failure">Why no node takes the pod; null when one does.</param>
/// <param name="Feasible">How many nodes passed the filters.</param>
public readonly record struct Decision(string? Node, FitError? Failure, int Feasible);

/// <summary>
/// The serial, pure part of scheduling: filter the nodes, score those that are left, take the best. Ties are broken
/// by the generator handed in. Not thread-safe: it remembers where the last search ended.
/// </summary>
public sealed class SchedulingAlgorithm(Prng prng)
{
    /// <summary>Clusters up to this size are searched whole (Kubernetes' minFeasibleNodesToFind).</summary>
    public const int SearchedWhole = 100;

    private int _start;

    /// <summary>Chooses a node.</summary>
    public Decision Decide(Profile profile, PodInfo pod, IReadOnlyList<NodeInfo> nodes)
    {
        if (nodes.Count == 0)
        {
            return new Decision(null, new FitError(0, new Dictionary<string, Status>()), 0);
        }

        var filters = new List<IFilterPlugin>(profile.Filter);
        foreach (var plugin in profile.PreFilter)
        {
            var status = plugin.PreFilter(pod).By(plugin.Name);
            if (status.IsSkip)
            {
                filters.RemoveAll(filter => ReferenceEquals(filter, plugin));
            }
            else if (!status.IsSuccess)
            {
                return new Decision(null, new FitError(nodes.Count, new Dictionary<string, Status>(), status), 0);
            }
        }

        var rejected = new Dictionary<string, Status>(StringComparer.Ordinal);
        var feasible = Filter(filters, pod, nodes, rejected);
        return feasible.Count switch
        {
            0 => new Decision(null, new FitError(nodes.Count, rejected), 0),
            1 => new Decision(feasible[0].Name, null, 1),
            _ => new Decision(Best(profile, pod, feasible).Name, null, feasible.Count),
        };
    }

    /// <summary>
    /// How many feasible nodes are enough: all up to 100 nodes; beyond, a share that falls from 50 to 5 per cent.
    /// </summary>
    public static int EnoughFeasible(int nodes)
    {
        if (nodes <= SearchedWhole)
        {
            return nodes;
        }

        var percentage = Math.Max(5, 50 - (nodes / 125));
        return Math.Max(SearchedWhole, nodes * percentage / 100);
    }

    /// <summary>Total weighted score of each node, in the nodes' order.</summary>
    public static long[] Score(Profile profile, PodInfo pod, IReadOnlyList<NodeInfo> nodes)
    {
        var totals = new long[nodes.Count];
        var scores = new long[nodes.Count];
        foreach (var plugin in profile.Score.Where(plugin => plugin.AppliesTo(pod, nodes)))
        {
            for (var i = 0; i < scores.Length; i++)
            {
                scores[i] = plugin.Score(pod, nodes[i]);
            }

            plugin.Normalize(scores);
            for (var i = 0; i < totals.Length; i++)
            {
                Invariant.Check(scores[i] is >= 0 and <= IScorePlugin.MaxScore, $"{plugin.Name} scored {scores[i]}");
                totals[i] += scores[i] * plugin.Weight;
            }
        }

        return totals;
    }

    private List<NodeInfo> Filter(
        List<IFilterPlugin> filters, PodInfo pod, IReadOnlyList<NodeInfo> nodes, Dictionary<string, Status> rejected)
    {
        var enough = EnoughFeasible(nodes.Count);
        var feasible = new List<NodeInfo>();
        var searched = 0;
        while (searched < nodes.Count && feasible.Count < enough)
        {
            var node = nodes[(_start + searched++) % nodes.Count];
            var status = Verdict(filters, pod, node);
            if (status.IsSuccess)
            {
                feasible.Add(node);
            }
            else
            {
                rejected[node.Name] = status;
            }
        }

        // The next search goes on where this one stopped, so that all nodes get their turn.
        _start = (_start + searched) % nodes.Count;
        return feasible;
    }

    private static Status Verdict(List<IFilterPlugin> filters, PodInfo pod, NodeInfo node)
    {
        foreach (var filter in filters)
        {
            var status = filter.Filter(pod, node);
            if (!status.IsSuccess)
            {
                return status.By(filter.Name);
            }
        }

        return Status.Success;
    }

    private NodeInfo Best(Profile profile, PodInfo pod, List<NodeInfo> nodes)
    {
        var totals = Score(profile, pod, nodes);
        var best = 0;
        var ties = 1;
        for (var i = 1; i < totals.Length; i++)
        {
            if (totals[i] > totals[best])
            {
                best = i;
                ties = 1;
            }
            else if (totals[i] == totals[best] && prng.Next(++ties) == 0)
            {
                best = i;
            }
        }

        return nodes[best];
    }
}
