namespace Kube.Scheduler.Framework;

/// <summary>The domains that a label key makes of a cluster's nodes: nodes with the same value are in one domain. Immutable.</summary>
public sealed class Topology
{
    /// <summary>Domain of a node that does not have the label.</summary>
    public const int None = -1;

    private readonly int[] _domains;

    internal Topology(string key, ReadOnlySpan<NodeInfo> nodes)
    {
        Key = key;
        _domains = new int[nodes.Length];
        var byValue = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < nodes.Length; i++)
        {
            if (nodes[i].Node?.Metadata.Labels is { } labels && labels.TryGetValue(key, out var value))
            {
                if (!byValue.TryGetValue(value, out var domain))
                {
                    byValue.Add(value, domain = byValue.Count);
                }

                _domains[i] = domain;
            }
            else
            {
                _domains[i] = None;
            }
        }

        Count = byValue.Count;
    }

    public string Key { get; }

    /// <summary>Number of domains; they are numbered from 0.</summary>
    public int Count { get; }

    /// <summary>The domain of the node at an index of the view, or <see cref="None"/>.</summary>
    public int this[int index] => _domains[index];

    /// <summary>The node's domain, or <see cref="None"/>.</summary>
    public int this[NodeInfo node] => _domains[node.Index];
}
