namespace Kube.Controllers.Nodes;

/// <summary>
/// When each node was last heard of, by this process's own clock: a node's heartbeat (its Lease, or the times in its
/// Ready condition) counts from when a change of it is first seen here, so clocks of nodes need not agree with ours.
/// Not safe for use by many threads.
/// </summary>
internal sealed class NodeHealth(TimeProvider time)
{
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    /// <summary>How long the node has been silent.</summary>
    /// <param name="name">The node.</param>
    /// <param name="heartbeat">Something that is different after each heartbeat.</param>
    public TimeSpan Silence(string name, string heartbeat)
    {
        if (!_seen.TryGetValue(name, out var seen) || seen.Heartbeat != heartbeat)
        {
            _seen[name] = seen = new Seen(heartbeat, time.GetTimestamp());
        }

        return time.GetElapsedTime(seen.At);
    }

    /// <summary>Forgets nodes that are gone.</summary>
    public void Retain(IEnumerable<string> names)
    {
        var kept = names.ToHashSet(StringComparer.Ordinal);
        foreach (var name in _seen.Keys.Where(name => !kept.Contains(name)).ToList())
        {
            _seen.Remove(name);
        }
    }

    /// <summary>
    /// The conditions of a node that is silent: Ready and the pressures become Unknown. Null when they are already.
    /// </summary>
    public static List<NodeCondition>? WhenSilent(Node node, DateTimeOffset now)
    {
        var conditions = (node.Status?.Conditions ?? []).ToList();
        var changed = false;
        foreach (var type in (string[])["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"])
        {
            var index = conditions.FindIndex(condition => condition.Type == type);
            if (index >= 0 && conditions[index].Status == "Unknown")
            {
                continue;
            }

            var unknown = new NodeCondition
            {
                Type = type,
                Status = "Unknown",
                Reason = index < 0 ? "NodeStatusNeverUpdated" : "NodeStatusUnknown",
                Message = index < 0 ? "Kubelet never posted node status." : "Kubelet stopped posting node status.",
                LastHeartbeatTime = index < 0 ? node.Metadata.CreationTimestamp : conditions[index].LastHeartbeatTime,
                LastTransitionTime = new Time(now),
            };
            changed = true;
            if (index < 0)
            {
                conditions.Add(unknown);
            }
            else
            {
                conditions[index] = unknown;
            }
        }

        return changed ? conditions : null;
    }

    private sealed record Seen(string Heartbeat, long At);
}
