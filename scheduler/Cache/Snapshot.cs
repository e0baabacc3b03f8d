using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cache;

/// <summary>
/// The cluster at one moment, for one scheduling cycle. Reused from cycle to cycle: only nodes that have
/// changed are copied anew. Used by one thread at a time.
/// </summary>
public sealed class Snapshot
{
    private readonly Dictionary<string, NodeInfo> _copies = new(StringComparer.Ordinal);
    private NodeInfo[] _nodes = [];
    private long _generation = -1;

    /// <summary>The nodes that exist, by name in ordinal order; nodes known only from pods are left out.</summary>
    public IReadOnlyList<NodeInfo> Nodes => _nodes;

    internal void Update(IReadOnlyDictionary<string, NodeInfo> live, long generation)
    {
        if (generation == _generation)
        {
            return;
        }

        foreach (var gone in _copies.Keys.Where(name => !live.ContainsKey(name)).ToList())
        {
            _copies.Remove(gone);
        }

        foreach (var (name, info) in live)
        {
            if (!_copies.TryGetValue(name, out var copy) || copy.Generation < info.Generation)
            {
                _copies[name] = info.Clone();
            }
        }

        _nodes = [.. _copies.Values.Where(info => info.Node is not null).OrderBy(info => info.Name, StringComparer.Ordinal)];
        _generation = generation;
    }
}
