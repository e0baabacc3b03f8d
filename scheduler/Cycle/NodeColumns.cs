using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cycle;

/// <summary>
/// What filters and scores that look at one node said of each node, for pods of one shape. An entry is good while the node
/// in the view is the one it was worked out for, so that of a thousand equal pods each only works out what the one before has changed.
/// </summary>
internal sealed class NodeColumns
{
    private NodeInfo?[] _seen = [];

    /// <summary>The verdict by node index; null is success.</summary>
    public Status?[] Verdicts { get; private set; } = [];

    /// <summary>Weighted sum of the scores that need no normalization.</summary>
    public long[] Fixed { get; private set; } = [];

    /// <summary>Raw scores of each plugin that normalizes.</summary>
    public long[][] Raw { get; private set; } = [];

    /// <summary>Clears the columns for another use.</summary>
    public void Reset(int nodes, int normalized)
    {
        if (_seen.Length < nodes)
        {
            _seen = new NodeInfo?[nodes];
            Verdicts = new Status?[nodes];
            Fixed = new long[nodes];
            Raw = [];
        }
        else
        {
            Array.Clear(_seen);
        }

        if (Raw.Length != normalized)
        {
            Raw = [.. Enumerable.Range(0, normalized).Select(_ => new long[_seen.Length])];
        }
    }

    /// <summary>True when the entry was worked out for this very node; otherwise it now is to be.</summary>
    public bool IsCurrent(int index, NodeInfo node)
    {
        if (ReferenceEquals(_seen[index], node))
        {
            return true;
        }

        _seen[index] = node;
        return false;
    }
}
