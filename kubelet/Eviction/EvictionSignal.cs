using Kube.Api.Values;

namespace Kube.Kubelet.Eviction;

/// <summary>Something of which the node has only so much, by Kubernetes' name for what is left of it.</summary>
internal enum EvictionSignal
{
    MemoryAvailable,
    AllocatableMemoryAvailable,
    NodeFsAvailable,
    NodeFsInodesFree,
    ImageFsAvailable,
    ImageFsInodesFree,
    ProcessIdsAvailable,
}

/// <summary>What is left of a signal's resource, and how much there is in all: bytes, inodes or processes.</summary>
internal readonly record struct SignalReading(long Available, long Capacity);

/// <summary>Names, resources and conditions of signals. Pure.</summary>
internal static class EvictionSignals
{
    public const string MemoryPressure = "MemoryPressure";
    public const string DiskPressure = "DiskPressure";
    public const string PidPressure = "PIDPressure";

    /// <summary>Kubernetes' name of the signal in thresholds.</summary>
    public static string Name(this EvictionSignal signal) => signal switch
    {
        EvictionSignal.MemoryAvailable => "memory.available",
        EvictionSignal.AllocatableMemoryAvailable => "allocatableMemory.available",
        EvictionSignal.NodeFsAvailable => "nodefs.available",
        EvictionSignal.NodeFsInodesFree => "nodefs.inodesFree",
        EvictionSignal.ImageFsAvailable => "imagefs.available",
        EvictionSignal.ImageFsInodesFree => "imagefs.inodesFree",
        _ => "pid.available",
    };

    /// <summary>The signal of that name, or null.</summary>
    public static EvictionSignal? Find(string name)
    {
        foreach (EvictionSignal signal in Enum.GetValues<EvictionSignal>())
        {
            if (signal.Name() == name)
            {
                return signal;
            }
        }

        return null;
    }

    /// <summary>The resource that messages name.</summary>
    public static string Resource(this EvictionSignal signal) => signal switch
    {
        EvictionSignal.MemoryAvailable or EvictionSignal.AllocatableMemoryAvailable => "memory",
        EvictionSignal.NodeFsAvailable or EvictionSignal.ImageFsAvailable => "ephemeral-storage",
        EvictionSignal.NodeFsInodesFree or EvictionSignal.ImageFsInodesFree => "inodes",
        _ => "pids",
    };

    /// <summary>The node's condition while the resource is short.</summary>
    public static string Condition(this EvictionSignal signal) => signal.Resource() switch
    {
        "memory" => MemoryPressure,
        "pids" => PidPressure,
        _ => DiskPressure,
    };

    /// <summary>A number of the signal's units, as messages print it.</summary>
    public static Quantity ToQuantity(this EvictionSignal signal, long value) =>
        signal.Resource() is "memory" or "ephemeral-storage" ? Quantity.FromBytes(value) : new Quantity(value);
}
