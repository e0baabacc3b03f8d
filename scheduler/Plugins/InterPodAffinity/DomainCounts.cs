using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.InterPodAffinity;

/// <summary>Sums by domain, for as many topology keys as turn up.</summary>
internal sealed class DomainCounts(ClusterView view)
{
    private readonly List<(Topology Topology, long[] Counts)> _keys = [];

    /// <summary>Number of domains whose sum is not zero.</summary>
    public int NonZero { get; private set; }

    /// <summary>Adds to the node's domain under the key; a node without the label is in none.</summary>
    public void Add(string key, NodeInfo node, long amount)
    {
        var (topology, counts) = Key(key);
        var domain = topology[node];
        if (domain == Topology.None)
        {
            return;
        }

        ref var count = ref counts[domain];
        NonZero -= count != 0 ? 1 : 0;
        count += amount;
        NonZero += count != 0 ? 1 : 0;
    }

    /// <summary>True when a domain of the node has a sum above zero.</summary>
    public bool AnyAt(int node)
    {
        foreach (var (topology, counts) in _keys)
        {
            var domain = topology[node];
            if (domain != Topology.None && counts[domain] > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Sum over all keys of what the node's domains have.</summary>
    public long At(int node)
    {
        long sum = 0;
        foreach (var (topology, counts) in _keys)
        {
            var domain = topology[node];
            if (domain != Topology.None)
            {
                sum += counts[domain];
            }
        }

        return sum;
    }

    /// <summary>The sum of the node's domain under the key; null when the node lacks the label.</summary>
    public long? At(string key, int node)
    {
        var (topology, counts) = Key(key);
        var domain = topology[node];
        return domain == Topology.None ? null : counts[domain];
    }

    private (Topology Topology, long[] Counts) Key(string key)
    {
        foreach (var entry in _keys)
        {
            if (entry.Topology.Key == key)
            {
                return entry;
            }
        }

        var topology = view.Topology(key);
        var made = (topology, new long[topology.Count]);
        _keys.Add(made);
        return made;
    }
}
