using Kube.Base;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cycle;

/// <summary>
/// What has been worked out for pods of one shape under one profile: verdicts and scores by node, sums of the cluster rules. Good for one
/// epoch of the view and one version of the facts. Not thread-safe.
/// </summary>
internal sealed class ShapeState : NodeColumns.IEvaluator
{
    private readonly Profile _profile;
    private readonly PodInfo _pod;
    private readonly ClusterView _view;
    private readonly List<IFilterPlugin> _filters;
    private readonly List<(IScorePlugin Plugin, long Weight)> _fixed = [];
    private readonly List<(INormalizeScorePlugin Plugin, long Weight)> _normalized = [];
    private readonly List<CountedRule> _filterRules = [];
    private readonly List<IClusterRule> _activeFilters = [];
    private readonly Dictionary<IClusterPlugin, IClusterRule?> _rules = [];
    private readonly object _epoch;
    private readonly long _facts;
    private readonly long _storage;
    private readonly bool _once;
    private List<CountedRule>? _scoreRules;
    private Recalled?[]? _recalled;
    private Promised[] _promised = [];
    private int _priority;

    /// <param name="profile">The plugins.</param>
    /// <param name="pod">A pod of the shape.</param>
    /// <param name="view">The cluster.</param>
    /// <param name="isNew">It may serve one decision only if the pod names its nodes: what would save work later is not kept then.</param>
    public ShapeState(Profile profile, PodInfo pod, ClusterView view, bool isNew)
    {
        _profile = profile;
        _pod = pod;
        _view = view;
        _epoch = view.Epoch;
        _facts = view.Facts.Version;
        _storage = pod.Claims.Count > 0 ? view.Facts.Storage.Version : 0;
        _filters = [.. profile.Filter];
        PreFilter();
        _once = isNew && OnlyNodes is not null;
        if (Rejection is null)
        {
            foreach (var plugin in profile.ClusterFilter)
            {
                if (Prepare(plugin) is { } rule)
                {
                    _filterRules.Add(new CountedRule(rule, _once));
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

    /// <summary>Columns over all nodes, for others to use when this state is dropped; null when few nodes are looked at.</summary>
    public NodeColumns? Columns { get; private set; }

    /// <summary>True when nothing but a node itself decides on it.</summary>
    public bool IsLocal => _activeFilters.Count == 0;

    public bool IsGoodFor(ClusterView view) =>
        ReferenceEquals(_epoch, view.Epoch) && _facts == view.Facts.Version && (_pod.Claims.Count == 0 || _storage == view.Facts.Storage.Version);

    /// <summary>Uses columns over all nodes from now on.</summary>
    public void UseColumns(NodeColumns columns)
    {
        PrepareScores();
        columns.Reset(_view.Count, _normalized.Count);
        Columns = columns;
    }

    /// <summary>Brings the columns and the rules that filter up to date with the view.</summary>
    public void Sync()
    {
        Columns?.Sync(_view);
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

    /// <summary>The nodes that pass the filters that look at one node, of those in the mask of one word of the bitmap. Needs columns.</summary>
    public ulong FitsIn(int word, ulong mask) => Columns!.FitsIn(word, mask, _view, this);

    /// <summary>The verdict of the rules on a node of the view; null is success.</summary>
    public Status? RuleVerdict(int index)
    {
        var node = _view.Nodes[index];
        foreach (var rule in _activeFilters)
        {
            var verdict = rule.Filter(index, node);
            if (!verdict.IsSuccess)
            {
                return verdict;
            }
        }

        return null;
    }

    /// <summary>The verdict on a node of the view; null is success.</summary>
    public Status? Verdict(int index) => Columns is { } columns
        ? columns.Verdict(index, _view, this) ?? RuleVerdict(index)
        : VerdictOf(_view.Nodes[index]);

    /// <summary>The verdict on a node in any form, with the rules as they stand; null is success.</summary>
    public Status? VerdictOf(NodeInfo node)
    {
        if (Verdict(node) is { } local)
        {
            return local;
        }

        foreach (var counted in _filterRules)
        {
            if (counted.Rule.Filters && counted.Rule.Filter(node.Index, node) is { IsSuccess: false } verdict)
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

    /// <summary>Total scores of feasible nodes, in their order, but for what is the same for all. With columns the verdict on each must be known.</summary>
    public void Score(ReadOnlySpan<int> nodes, Span<long> totals, Span<long> scratch)
    {
        PrepareScores();
        for (var i = 0; i < nodes.Length; i++)
        {
            totals[i] = Columns is { } columns ? columns.FixedAt(nodes[i]) : Fixed(_view.Nodes[nodes[i]]);
        }

        for (var k = 0; k < _normalized.Count; k++)
        {
            if (Columns?.IsNought(k) == true)
            {
                // Equal raw scores are equal after normalization as well.
                continue;
            }

            for (var i = 0; i < nodes.Length; i++)
            {
                scratch[i] = Columns is { } columns ? columns.RawOf(k)[nodes[i]] : Raw(k, _view.Nodes[nodes[i]]);
            }

            var (plugin, weight) = _normalized[k];
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
    public T Recall<T>(int index, IReadOnlyList<PodInfo> promised, int priority, Func<NodeInfo, T> find)
        where T : class
    {
        ForPriority(priority);
        _recalled ??= new Recalled?[_view.Count];
        var node = _view.Nodes[index];
        var budgets = _view.Facts.Budgets;
        if (_recalled[index] is { } recalled && ReferenceEquals(recalled.Node, node) && ReferenceEquals(recalled.Promised, promised)
            && ReferenceEquals(recalled.Budgets, budgets) && recalled.Found is T known)
        {
            return known;
        }

        var found = find(node);
        _recalled[index] = new Recalled(node, promised, budgets, found);
        return found;
    }

    /// <summary>What was found before for a node together with the pods that were promised room there; null is success.</summary>
    public bool TryVerdictWith(int index, IReadOnlyList<PodInfo> promised, int priority, out Status? verdict)
    {
        ForPriority(priority);
        if (_promised.Length == 0)
        {
            _promised = new Promised[_view.Count];
        }

        var known = _promised[index];
        verdict = known.Verdict;
        return ReferenceEquals(known.Node, _view.Nodes[index]) && ReferenceEquals(known.Pods, promised);
    }

    /// <summary>Remembers what <see cref="TryVerdictWith"/> did not know.</summary>
    public Status? RememberVerdictWith(int index, IReadOnlyList<PodInfo> promised, Status? verdict)
    {
        _promised[index] = new Promised(_view.Nodes[index], promised, verdict);
        return verdict;
    }

    /// <summary>The verdict of the filters that look at one node.</summary>
    public Status? Verdict(NodeInfo node)
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

    public long Fixed(NodeInfo node)
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

    public long Raw(int plugin, NodeInfo node) => _normalized[plugin].Plugin.Score(_pod, node);

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
            var result = plugin.PreFilter(_pod, _view);
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

        var skipped = _profile.PreScore.Where(plugin => plugin.PreScore(_pod).IsSkip).Cast<IPlugin>().ToHashSet();
        foreach (var plugin in _profile.Score)
        {
            if (skipped.Contains(plugin))
            {
                continue;
            }

            if (plugin is INormalizeScorePlugin normalized)
            {
                _normalized.Add((normalized, _profile.WeightOf(plugin)));
            }
            else
            {
                _fixed.Add((plugin, _profile.WeightOf(plugin)));
            }
        }

        _scoreRules = [];
        foreach (var plugin in _profile.ClusterScore)
        {
            if (Prepare(plugin) is { } rule)
            {
                // One rule is counted once, whatever it is used for.
                var counted = _filterRules.Find(known => ReferenceEquals(known.Rule, rule)) ?? new CountedRule(rule, _once);
                counted.Weight = _profile.WeightOf(plugin);
                _scoreRules.Add(counted);
            }
        }
    }

    private sealed record Recalled(NodeInfo Node, IReadOnlyList<PodInfo> Promised, IReadOnlyList<DisruptionBudget> Budgets, object Found);

    private readonly record struct Promised(NodeInfo Node, IReadOnlyList<PodInfo> Pods, Status? Verdict);
}
