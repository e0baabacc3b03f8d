using Kube.Kubelet.Disks;

namespace Kube.Kubelet.Stats;

/// <summary>Processor time since the beginning, and how much of a core was used of late (null where nobody has counted yet).</summary>
internal sealed record CpuReading(DateTimeOffset At, long CoreNanoSeconds, long? NanoCores);

/// <summary>Memory in use; null where the source does not tell.</summary>
internal sealed record MemoryReading(DateTimeOffset At, long WorkingSetBytes)
{
    public long? AvailableBytes { get; init; }

    public long? UsageBytes { get; init; }

    public long? RssBytes { get; init; }

    public long? PageFaults { get; init; }

    public long? MajorPageFaults { get; init; }
}

/// <summary>Bytes over the network since the beginning.</summary>
internal sealed record NetworkReading(string Name, long ReceivedBytes, long ReceiveErrors, long SentBytes, long SendErrors);

internal sealed record ContainerReading
{
    public required string Name { get; init; }

    public required string Id { get; init; }

    public string Image { get; init; } = "";

    public DateTimeOffset? StartedAt { get; init; }

    public CpuReading? Cpu { get; init; }

    public MemoryReading? Memory { get; init; }

    public DiskUsage Root { get; init; }

    public DiskUsage Logs { get; init; }
}

/// <summary>A volume of a pod; <see cref="ClaimName"/> is set where it is a claim's.</summary>
internal sealed record VolumeReading(string Name, DiskUsage Used, FileSystemReading FileSystem, string? ClaimName)
{
    /// <summary>Whether it counts as ephemeral storage of the pod: it lies on the node's disk and goes with the pod.</summary>
    public bool IsLocal { get; init; }
}

internal sealed record PodReading
{
    public required string Name { get; init; }

    public required string Namespace { get; init; }

    public required string Uid { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public required IReadOnlyList<ContainerReading> Containers { get; init; }

    public IReadOnlyList<VolumeReading> Volumes { get; init; } = [];

    public CpuReading? Cpu { get; init; }

    public MemoryReading? Memory { get; init; }

    public IReadOnlyList<NetworkReading> Network { get; init; } = [];

    public long? Processes { get; init; }

    /// <summary>Everything on disk that goes with the pod: containers' roots and logs, local volumes.</summary>
    public DiskUsage Disk => Containers.Aggregate(new DiskUsage(), (sum, c) => sum + c.Root + c.Logs)
        + Volumes.Where(v => v.IsLocal).Aggregate(new DiskUsage(), (sum, v) => sum + v.Used);
}

/// <summary>The node, the kubelet itself, and every pod at one moment.</summary>
internal sealed record NodeReading
{
    public required DateTimeOffset At { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public required CpuReading Cpu { get; init; }

    public required MemoryReading Memory { get; init; }

    public required CpuReading KubeletCpu { get; init; }

    public required MemoryReading KubeletMemory { get; init; }

    public DateTimeOffset KubeletStartedAt { get; init; }

    public IReadOnlyList<NetworkReading> Network { get; init; } = [];

    public required FileSystemReading Fs { get; init; }

    /// <summary>Where the runtime keeps images and containers' roots.</summary>
    public required FileSystemReading ImageFs { get; init; }

    /// <summary>What images take of <see cref="ImageFs"/>, by the runtime's word.</summary>
    public DiskUsage Images { get; init; }

    public long MaxProcesses { get; init; }

    public long Processes { get; init; }

    public required IReadOnlyList<PodReading> Pods { get; init; }

    /// <summary>Whether images are on another disk than everything else of the kubelet.</summary>
    public bool ImagesApart => ImageFs.Id != Fs.Id;
}
