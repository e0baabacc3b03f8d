using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.PodTopologySpread;

/// <summary>Spread of the pods that a pod of this shape must or would like to be spread with.</summary>
internal sealed class SpreadRule : IClusterRule
{
    private const string Hostname = "kubernetes.io/hostname";
    private static readonly Status Skewed = Status.Unschedulable("node(s) didn't match pod topology spread constraints").By("PodTopologySpread");
    private static readonly Status NoLabel =
        Status.Unresolvable("node(s) didn't match pod topology spread constraints (missing required label)").By("PodTopologySpread");

    private readonly PodInfo _pod;
    private readonly Part[] _hard;
    private readonly Part[] _soft;
    private readonly bool _requireAllKeys;
    private bool[] _isIgnored = [];

    public SpreadRule(PodInfo pod, ClusterView view, SpreadConstraint[] constraints, bool requireAllKeys)
    {
        _pod = pod;
        _requireAllKeys = requireAllKeys;
        _hard = [.. constraints.Where(constraint => constraint.IsHard).Select(constraint => new Part(constraint, pod, view))];
        _soft = [.. constraints.Where(constraint => !constraint.IsHard).Select(constraint => new Part(constraint, pod, view))];
    }

    public CountedPods Counts => CountedPods.All;

    public bool CountsNodes => true;

    public bool Filters => _hard.Length > 0;

    public bool Scores => _soft.Length > 0;

    public void CountNode(NodeInfo node, int sign)
    {
        Count(_hard, node, null, sign, allKeys: true);
        Count(_soft, node, null, sign, _requireAllKeys);
    }

    public void CountPod(NodeInfo node, PodInfo pod, int sign)
    {
        if (pod.Key.Namespace == _pod.Key.Namespace)
        {
            Count(_hard, node, pod, sign, allKeys: true);
            Count(_soft, node, pod, sign, _requireAllKeys);
        }
    }

    public Status Filter(int index, NodeInfo node)
    {
        foreach (var part in _hard)
        {
            var domain = part.Spread.Topology[index];
            if (domain == Topology.None)
            {
                return NoLabel;
            }

            var least = part.Spread.Least(part.Constraint.MinDomains);
            if (part.Spread.At(domain) + part.Self - least > part.Constraint.MaxSkew)
            {
                return Skewed;
            }
        }

        return Status.Success;
    }

    public void Score(ReadOnlySpan<int> feasible, Span<long> scores)
    {
        if (_isIgnored.Length < feasible.Length)
        {
            _isIgnored = new bool[feasible.Length];
        }

        var scored = 0;
        for (var i = 0; i < feasible.Length; i++)
        {
            _isIgnored[i] = _requireAllKeys && !HasAll(_soft, feasible[i]);
            scored += _isIgnored[i] ? 0 : 1;
        }

        Span<double> weights = stackalloc double[_soft.Length];
        for (var j = 0; j < _soft.Length; j++)
        {
            weights[j] = Math.Log((_soft[j].Constraint.TopologyKey == Hostname ? scored : DomainsAmong(_soft[j], feasible)) + 2);
        }

        for (var i = 0; i < feasible.Length; i++)
        {
            scores[i] = _isIgnored[i] ? 0 : Raw(feasible[i], weights);
        }

        Normalize(scores);
    }

    private long Raw(int node, ReadOnlySpan<double> weights)
    {
        double score = 0;
        for (var j = 0; j < _soft.Length; j++)
        {
            var domain = _soft[j].Spread.Topology[node];
            if (domain != Topology.None)
            {
                score += (_soft[j].Spread.At(domain) * weights[j]) + (_soft[j].Constraint.MaxSkew - 1);
            }
        }

        return (long)Math.Round(score, MidpointRounding.AwayFromZero);
    }

    /// <summary>Fewer pods are better: the emptiest node gets all, the fullest what its share leaves.</summary>
    private void Normalize(Span<long> scores)
    {
        var least = long.MaxValue;
        long most = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            if (!_isIgnored[i])
            {
                least = Math.Min(least, scores[i]);
                most = Math.Max(most, scores[i]);
            }
        }

        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = _isIgnored[i] ? 0
                : most == 0 ? IScorePlugin.MaxScore
                : IScorePlugin.MaxScore * (most + least - scores[i]) / most;
        }
    }

    private int DomainsAmong(Part part, ReadOnlySpan<int> feasible)
    {
        part.BeginMarks();
        var count = 0;
        for (var i = 0; i < feasible.Length; i++)
        {
            count += !_isIgnored[i] && part.Mark(part.Spread.Topology[feasible[i]]) ? 1 : 0;
        }

        return count;
    }

    private void Count(Part[] parts, NodeInfo node, PodInfo? pod, int sign, bool allKeys)
    {
        if (parts.Length == 0 || (allKeys && !HasAll(parts, node.Index)))
        {
            return;
        }

        foreach (var part in parts)
        {
            var domain = part.Spread.Topology[node];
            if (domain == Topology.None || (pod is not null && !part.Constraint.Counts(pod, _pod)) || !part.Constraint.Includes(node, _pod))
            {
                continue;
            }

            if (pod is null)
            {
                part.Spread.AddNode(domain, sign);
            }
            else
            {
                part.Spread.AddPod(domain, sign);
            }
        }
    }

    private static bool HasAll(Part[] parts, int node)
    {
        foreach (var part in parts)
        {
            if (part.Spread.Topology[node] == Topology.None)
            {
                return false;
            }
        }

        return true;
    }

    private sealed class Part(SpreadConstraint constraint, PodInfo pod, ClusterView view)
    {
        /// <summary>Which domains were seen in which round; the first place is for nodes in none.</summary>
        private readonly int[] _marks = new int[view.Topology(constraint.TopologyKey).Count + 1];
        private int _round;

        public SpreadConstraint Constraint => constraint;

        public DomainSpread Spread { get; } = new(view.Topology(constraint.TopologyKey));

        /// <summary>1 when the pod itself would count where it goes.</summary>
        public int Self { get; } = constraint.Selector.Matches(pod.Labels) ? 1 : 0;

        public void BeginMarks() => _round++;

        /// <summary>True when the domain has not been seen since <see cref="BeginMarks"/>.</summary>
        public bool Mark(int domain)
        {
            ref var mark = ref _marks[domain + 1];
            var isNew = mark != _round;
            mark = _round;
            return isNew;
        }
    }
}
