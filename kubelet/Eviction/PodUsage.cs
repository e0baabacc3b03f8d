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

    /// <summary>Local volumes by name: empty directories and what comes from API objects.</summary>
    public IReadOnlyDictionary<string, DiskUsage> Volumes { get; init; } = new Dictionary<string, DiskUsage>();

    public long Processes { get; init; }

    public long MemoryBytes => Containers.Sum(c => c.MemoryBytes);

    /// <summary>Everything on disk that goes with the pod.</summary>
    public DiskUsage Disk => Containers.Aggregate(new DiskUsage(), (sum, c) => sum + c.Root + c.Logs) + LocalVolumes;

    public DiskUsage LocalVolumes => Volumes.Values.Aggregate(new DiskUsage(), (sum, v) => sum + v);
}
