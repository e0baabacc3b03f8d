namespace Kube.Scheduler.Framework;

/// <summary>No node takes a pod: each node's verdict, and the message that users know.</summary>
public sealed class FitError
{
    /// <param name="nodeCount">All nodes that were looked at.</param>
    /// <param name="byNode">Verdicts of the filters, by node.</param>
    /// <param name="preFilter">The verdict on the pod itself, when that ended the search.</param>
    public FitError(int nodeCount, IReadOnlyDictionary<string, Status> byNode, Status? preFilter = null)
    {
        NodeCount = nodeCount;
        ByNode = byNode;
        PreFilter = preFilter;
    }

    public int NodeCount { get; }

    public IReadOnlyDictionary<string, Status> ByNode { get; }

    public Status? PreFilter { get; }

    /// <summary>The plugins that said no to any node; an event that none of them cares about need not wake the pod.</summary>
    public IReadOnlySet<string> Plugins =>
        ByNode.Values.Append(PreFilter).Where(status => status is { IsRejected: true }).Select(status => status!.Plugin).ToHashSet();

    /// <summary>Kubernetes' text: "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable."</summary>
    public string Message
    {
        get
        {
            if (NodeCount == 0)
            {
                return "no nodes available to schedule pods";
            }

            var head = $"0/{NodeCount} nodes are available:";
            if (PreFilter is not null)
            {
                return $"{head} {PreFilter}.";
            }

            var reasons = ByNode.Values.SelectMany(status => status.Reasons)
                .GroupBy(reason => reason, StringComparer.Ordinal)
                .Select(group => $"{group.Count()} {group.Key}")
                .Order(StringComparer.Ordinal);
            return $"{head} {string.Join(", ", reasons)}.";
        }
    }
}
