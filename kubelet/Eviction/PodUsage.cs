using Kube.Api.Core.V1;
using Kube.Kubelet.Disks;

namespace Kube.Kubelet.Eviction;

/// <summary>What a container uses.</summary>
internal sealed record ContainerUsage(string Name)
{
    public long MemoryBytes { get; init; }

    /// <summary>What it has written into its own root.</summary>
    public DiskUsage Root { get; init; }

    public DiskUsage Logs { get; init; }
}

/// <summary>What a pod uses; null where nothing could be read of it.</summary>
internal sealed record PodUsage
{
    public required Pod Pod { get; init; }

    /// <summary>Whether the numbers are known. A pod without them is evicted before others.</summary>
    public bool Known { get; init; } = true;

    public IReadOnlyList<ContainerUsage> Containers { get; init; } = [];

    /// <summary>Volumes by name, but claims: empty directories and what comes from API objects.</summary>
    public IReadOnlyDictionary<string, DiskUsage> Volumes { get; init; } = new Dictionary<string, DiskUsage>();

    public long Processes { get; init; }

    /// <summary>Volumes that count as ephemeral storage.</summary>
    public DiskUsage LocalVolumes { get; init; }

    /// <summary>The pod's memory as a whole: more than its containers' where something outlives the container that made it.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Everything on disk that goes with the pod.</summary>
    public DiskUsage Disk => Containers.Aggregate(new DiskUsage(), (sum, c) => sum + c.Root + c.Logs) + LocalVolumes;
}
