using Kube.Base;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cycle;

/// <summary>
/// What has been worked out for pods of one shape under one profile: verdicts and scores by node, sums of the cluster rules. Good for one
/// epoch of the view and one version of the facts. Not thread-safe.
/// </summary>
internal sealed class ShapeState
{
    private readonly Profile _profile;
    private readonly PodInfo _pod;
    private readonly ClusterView _view;
    private readonly List<IFilterPlugin> _filters;
    private readonly List<(IScorePlugin Plugin, long Weight)> _fixed = [];
    private readonly List<(IScorePlugin Plugin, long Weight)> _normalized = [];
    private readonly List<CountedRule> _filterRules = [];
    private readonly List<IClusterRule> _activeFilters = [];
    private readonly Dictionary<IClusterPlugin, IClusterRule?> _rules = [];
    private readonly object _epoch;
    private readonly long _facts;
    private List<CountedRule>? _scoreRules;
    private NodeColumns? _columns;
    private Recalled?[]? _recalled;
    private Promised[] _promised = [];
    private int _priority;

    public ShapeState(Profile profile, PodInfo pod, ClusterView view)
    {
        _profile = profile;
        _pod = pod;
        _view = view;
        _epoch = view.Epoch;
        _facts = view.Facts.Version;
        _filters = [.. profile.Filter];
        PreFilter();
        if (Rejection is null)
        {
            foreach (var plugin in profile.ClusterFilter)
            {
                if (Prepare(plugin) is { } rule)
                {
                    _filterRules.Add(new CountedRule(rule, OnlyNodes is not null));
                }
            }
        }
    }

    /// <summary>The verdict on the pod itself, when that ends the search.</summary>
    public Status? Rejection { get; private set; }

    /// <summary>When not null, no other nodes are to be looked at.</summary>
    public IReadOnlySet<string>? OnlyNodes { get; private set; }

    /// <summary>What is said of the nodes that are not looked at.</summary>
    public Status OtherNodes { get; private set; } = Status.Success;

    /// <summary>When it was used last; for its owner.</summary>
    public long LastUse { get; set; }

    public bool IsGoodFor(ClusterView view) => ReferenceEquals(_epoch, view.Epoch) && _facts == view.Facts.Version;

    /// <summary>Columns over all nodes, for others to use when this state is dropped.</summary>
    public NodeColumns? Columns => _columns;

    /// <summary>True when nothing but a node itself decides on it.</summary>
    public bool IsLocal => _activeFilters.Count == 0;

    /// <summary>Uses columns over all nodes from now on.</summary>
    public void UseColumns(NodeColumns columns)
    {
        PrepareScores();
        columns.Reset(_view.Count, _normalized.Count);
        _columns = columns;
    }

    /// <summary>Brings the rules that filter up to date with the view.</summary>
    public void Sync()
    {
        _activeFilters.Clear();
        foreach (var counted in _filterRules)
        {
            counted.Sync(_view);
            if (counted.Rule.Filters)
            {
                _activeFilters.Add(counted.Rule);
            }
        }
    }

    /// <summary>The verdict on a node of the view; null is success.</summary>
    public Status? Verdict(int index, NodeInfo node)
    {
        var columns = _columns!;
        if (!columns.IsCurrent(index, node))
        {
            Evaluate(columns, index, node);
        }

        return columns.Verdicts[index] ?? (_activeFilters.Count == 0 ? null : RuleVerdict(node));
    }

    /// <summary>The verdict on a node in any form, with the rules as they stand; null is success.</summary>
    public Status? VerdictOf(NodeInfo node)
    {
        if (LocalVerdict(node) is { } local)
        {
            return local;
        }

        foreach (var counted in _filterRules)
        {
            if (counted.Rule.Filters && counted.Rule.Filter(node) is { IsSuccess: false } verdict)
            {
                return verdict;
            }
        }

        return null;
    }

    /// <summary>Counts a pod on a node in or out of the rules, to try something out. To be undone.</summary>
    public void Adjust(NodeInfo node, PodInfo pod, int sign)
    {
        foreach (var counted in _filterRules)
        {
            counted.Adjust(node, pod, sign);
        }
    }

    /// <summary>Total scores of feasible nodes, in their order. With columns the verdict on each must have been asked for before.</summary>
    public void Score(ReadOnlySpan<NodeInfo> nodes, Span<long> totals, Span<long> scratch)
    {
        PrepareScores();
        for (var i = 0; i < nodes.Length; i++)
        {
            totals[i] = _columns is { } columns ? columns.Fixed[nodes[i].Index] : FixedScore(nodes[i]);
        }

        for (var k = 0; k < _normalized.Count; k++)
        {
            var (plugin, weight) = _normalized[k];
            for (var i = 0; i < nodes.Length; i++)
            {
                scratch[i] = _columns is { } columns ? columns.Raw[k][nodes[i].Index] : plugin.Score(_pod, nodes[i]);
            }

            plugin.Normalize(scratch);
            Add(totals, scratch, weight, plugin);
        }

        foreach (var counted in _scoreRules!)
        {
            counted.Sync(_view);
            if (counted.Rule.Scores)
            {
                counted.Rule.Score(nodes, scratch);
                Add(totals, scratch, counted.Weight, null);
            }
        }
    }

    /// <summary>What was found for the node with the same promises, budgets and priority, or what the function finds now.</summary>
    public T Recall<T>(NodeInfo node, IReadOnlyList<PodInfo> promised, int priority, Func<NodeInfo, T> find)
        where T : class
    {
        ForPriority(priority);
        _recalled ??= new Recalled?[_view.Count];
        var budgets = _view.Facts.Budgets;
        if (_recalled[node.Index] is { } recalled && ReferenceEquals(recalled.Node, node) && ReferenceEquals(recalled.Promised, promised)
            && ReferenceEquals(recalled.Budgets, budgets) && recalled.Found is T known)
        {
            return known;
        }

        var found = find(node);
        _recalled[node.Index] = new Recalled(node, promised, budgets, found);
        return found;
    }

    /// <summary>What was found before for a node together with the pods that were promised room there; null is success.</summary>
    public bool TryVerdictWith(NodeInfo node, IReadOnlyList<PodInfo> promised, int priority, out Status? verdict)
    {
        ForPriority(priority);
        if (_promised.Length == 0)
        {
            _promised = new Promised[_view.Count];
        }

        var known = _promised[node.Index];
        verdict = known.Verdict;
        return ReferenceEquals(known.Node, node) && ReferenceEquals(known.Pods, promised);
    }

    /// <summary>Remembers what <see cref="TryVerdictWith"/> did not know.</summary>
    public Status? RememberVerdictWith(NodeInfo node, IReadOnlyList<PodInfo> promised, Status? verdict)
    {
        _promised[node.Index] = new Promised(node, promised, verdict);
        return verdict;
    }

    private void ForPriority(int priority)
    {
        if (_priority != priority)
        {
            _priority = priority;
            _recalled = null;
            _promised = [];
        }
    }

    private static void Add(Span<long> totals, ReadOnlySpan<long> scores, long weight, IScorePlugin? plugin)
    {
        for (var i = 0; i < totals.Length; i++)
        {
            Invariant.Check(scores[i] is >= 0 and <= IScorePlugin.MaxScore, $"{plugin?.Name ?? "a cluster rule"} scored {scores[i]}");
            totals[i] += scores[i] * weight;
        }
    }

    private void PreFilter()
    {
        var narrowedBy = new List<string>();
        foreach (var plugin in _profile.PreFilter)
        {
            var result = plugin.PreFilter(_pod);
            if (result.Status.IsSkip)
            {
                _filters.RemoveAll(filter => ReferenceEquals(filter, plugin));
            }
            else if (!result.Status.IsSuccess)
            {
                Rejection = result.Status.By(plugin.Name);
                return;
            }
            else if (result.Nodes is not null)
            {
                OnlyNodes = OnlyNodes is null ? result.Nodes : OnlyNodes.Intersect(result.Nodes).ToHashSet(StringComparer.Ordinal);
                narrowedBy.Add(plugin.Name);
            }
        }

        if (narrowedBy.Count > 0)
        {
            OtherNodes = Status.Unresolvable($"node(s) didn't satisfy plugin(s) [{string.Join(' ', narrowedBy.Order(StringComparer.Ordinal))}]").By(narrowedBy[0]);
        }
    }

    private IClusterRule? Prepare(IClusterPlugin plugin)
    {
        if (!_rules.TryGetValue(plugin, out var rule))
        {
            _rules.Add(plugin, rule = plugin.Prepare(_pod, _view));
        }

        return rule;
    }

    private void PrepareScores()
    {
        if (_scoreRules is not null)
        {
            return;
        }

        foreach (var plugin in _profile.Score)
        {
            if (plugin.AppliesTo(_pod))
            {
                (plugin.Normalizes ? _normalized : _fixed).Add((plugin, _profile.WeightOf(plugin)));
            }
        }

        _scoreRules = [];
        foreach (var plugin in _profile.ClusterScore)
        {
            if (Prepare(plugin) is { } rule)
            {
                // One rule is counted once, whatever it is used for.
                var counted = _filterRules.Find(known => ReferenceEquals(known.Rule, rule)) ?? new CountedRule(rule, OnlyNodes is not null);
                counted.Weight = _profile.WeightOf(plugin);
                _scoreRules.Add(counted);
            }
        }
    }

    private void Evaluate(NodeColumns columns, int index, NodeInfo node)
    {
        var verdict = columns.Verdicts[index] = LocalVerdict(node);
        if (verdict is not null)
        {
            return;
        }

        columns.Fixed[index] = FixedScore(node);
        for (var k = 0; k < _normalized.Count; k++)
        {
            columns.Raw[k][index] = _normalized[k].Plugin.Score(_pod, node);
        }
    }

    private long FixedScore(NodeInfo node)
    {
        long sum = 0;
        foreach (var (plugin, weight) in _fixed)
        {
            var score = plugin.Score(_pod, node);
            Invariant.Check(score is >= 0 and <= IScorePlugin.MaxScore, $"{plugin.Name} scored {score}");
            sum += score * weight;
        }

        return sum;
    }

    private Status? LocalVerdict(NodeInfo node)
    {
        foreach (var filter in _filters)
        {
            var verdict = filter.Filter(_pod, node);
            if (!verdict.IsSuccess)
            {
                return verdict.By(filter.Name);
            }
        }

        return null;
    }

    private Status? RuleVerdict(NodeInfo node)
    {
        foreach (var rule in _activeFilters)
        {
            var verdict = rule.Filter(node);
            if (!verdict.IsSuccess)
            {
                return verdict;
            }
        }

        return null;
    }

    private sealed record Recalled(NodeInfo Node, IReadOnlyList<PodInfo> Promised, IReadOnlyList<DisruptionBudget> Budgets, object Found);

    private readonly record struct Promised(NodeInfo Node, IReadOnlyList<PodInfo> Pods, Status? Verdict);
}
