namespace Kube.Scheduler.Framework;

/// <summary>No node takes a pod: who said so, and the message that users know.</summary>
public sealed class FitError
{
    private readonly Dictionary<string, int> _reasons = new(StringComparer.Ordinal);
    private readonly HashSet<string> _plugins = new(StringComparer.Ordinal);
    private readonly Status? _preFilter;

    /// <param name="nodeCount">All nodes there are.</param>
    /// <param name="verdicts">Of the filters, and on how many nodes each.</param>
    public FitError(int nodeCount, IEnumerable<KeyValuePair<Status, int>> verdicts)
    {
        NodeCount = nodeCount;
        foreach (var (verdict, times) in verdicts)
        {
            if (verdict.IsRejected)
            {
                _plugins.Add(verdict.Plugin);
            }

            foreach (var reason in verdict.Reasons)
            {
                _reasons[reason] = _reasons.GetValueOrDefault(reason) + times;
            }
        }
    }

    /// <param name="nodeCount">All nodes there are.</param>
    /// <param name="preFilter">The verdict on the pod itself, which ended the search.</param>
    public FitError(int nodeCount, Status preFilter)
    {
        NodeCount = nodeCount;
        _preFilter = preFilter;
        if (preFilter.IsRejected)
        {
            _plugins.Add(preFilter.Plugin);
        }
    }

    public int NodeCount { get; }

    /// <summary>The plugins that said no to any node; an event that none of them cares about need not wake the pod.</summary>
    public IReadOnlySet<string> Plugins => _plugins;

    /// <summary>Why there is no way out either, when one was looked for.</summary>
    public string? PostFilter { get; set; }

    /// <summary>Kubernetes' text: "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable. preemption: ...".</summary>
    public string Message
    {
        get
        {
            if (NodeCount == 0)
            {
                return "no nodes available to schedule pods";
            }

            var text = $"0/{NodeCount} nodes are available:";
            if (_preFilter is not null)
            {
                text += $" {_preFilter}.";
            }
            else if (_reasons.Count > 0)
            {
                text += $" {string.Join(", ", _reasons.Select(pair => $"{pair.Value} {pair.Key}").Order(StringComparer.Ordinal))}.";
            }

            return string.IsNullOrEmpty(PostFilter) ? text : $"{text} {PostFilter}";
        }
    }
}
