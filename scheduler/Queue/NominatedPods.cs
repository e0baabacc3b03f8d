using System.Collections.Concurrent;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Queue;

/// <summary>
/// Pending pods for which a node is being cleared. Others of lower priority must not take the room meanwhile.
/// Safe for use from many threads.
/// </summary>
public sealed class NominatedPods
{
    private const int RememberedChanges = 1024;
    private readonly Lock _lock = new();
    private readonly string[] _changes = new string[RememberedChanges];
    private long _version;
    private readonly Dictionary<string, (PodInfo Pod, string Node)> _pods = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PodInfo[]> _byNode = new(StringComparer.Ordinal);

    public bool IsEmpty => _byNode.IsEmpty;

    /// <summary>The node is being cleared for the pod; an empty name takes the pod's nomination back.</summary>
    public void Set(PodInfo pod, string node)
    {
        lock (_lock)
        {
            RemoveCore(pod.Uid);
            if (node.Length > 0)
            {
                _pods.Add(pod.Uid, (pod, node));
                _byNode[node] = [.. _byNode.GetValueOrDefault(node) ?? [], pod];
                Note(node);
            }
        }
    }

    /// <summary>The pod is placed, gone or given up.</summary>
    public void Remove(string uid)
    {
        lock (_lock)
        {
            RemoveCore(uid);
        }
    }

    /// <summary>The node being cleared for a pod, or null.</summary>
    public string? NodeOf(string uid)
    {
        lock (_lock)
        {
            return _pods.TryGetValue(uid, out var entry) ? entry.Node : null;
        }
    }

    /// <summary>The pods for which a node is being cleared: the same list until one comes or goes.</summary>
    public IReadOnlyList<PodInfo> On(string node) => _byNode.GetValueOrDefault(node) ?? [];

    /// <summary>The nodes whose promises have changed since a version, some perhaps twice, and the version now; false when that is too long ago to tell.</summary>
    public bool TryChangesSince(long version, List<string> into, out long now)
    {
        lock (_lock)
        {
            now = _version;
            if (_version - version > RememberedChanges)
            {
                return false;
            }

            for (var i = version; i < _version; i++)
            {
                into.Add(_changes[i % RememberedChanges]);
            }

            return true;
        }
    }

    private void Note(string node) => _changes[_version++ % RememberedChanges] = node;

    private void RemoveCore(string uid)
    {
        if (!_pods.Remove(uid, out var entry))
        {
            return;
        }

        Note(entry.Node);
        var left = _byNode[entry.Node].Where(pod => pod.Uid != uid).ToArray();
        if (left.Length == 0)
        {
            _byNode.TryRemove(entry.Node, out _);
        }
        else
        {
            _byNode[entry.Node] = left;
        }
    }
}
