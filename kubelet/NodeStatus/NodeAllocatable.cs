using Kube.Api.Values;
using Kube.Kubelet.Eviction;

namespace Kube.Kubelet.NodeStatus;

/// <summary>What pods may have of a node: its capacity less what is kept back and less the hard eviction thresholds. Pure.</summary>
internal static class NodeAllocatable
{
    /// <summary>Never negative, and in the form of the capacity.</summary>
    public static Dictionary<string, Quantity> Of(
        IReadOnlyDictionary<string, Quantity> capacity,
        IReadOnlyDictionary<string, Quantity> kubeReserved,
        IReadOnlyDictionary<string, Quantity> systemReserved,
        IEnumerable<EvictionThreshold> thresholds)
    {
        Dictionary<string, long> kept = thresholds
            .Where(t => t is { IsHard: true, Signal: EvictionSignal.MemoryAvailable or EvictionSignal.NodeFsAvailable })
            .ToDictionary(t => t.Signal.Resource(), t => capacity.TryGetValue(t.Signal.Resource(), out Quantity all) ? t.Value.Of(all.Value()) : 0, StringComparer.Ordinal);
        Dictionary<string, Quantity> allocatable = new(StringComparer.Ordinal);
        foreach ((string name, Quantity all) in capacity)
        {
            Quantity left = all - Value(kubeReserved, name) - Value(systemReserved, name);
            if (kept.TryGetValue(name, out long threshold))
            {
                left -= Quantity.FromBytes(threshold);
            }

            allocatable[name] = left.Sign < 0 ? new Quantity(0, all.Format) : left;
        }

        return allocatable;
    }

    private static Quantity Value(IReadOnlyDictionary<string, Quantity> values, string name) =>
        values.TryGetValue(name, out Quantity value) ? value : Quantity.Zero;
}
