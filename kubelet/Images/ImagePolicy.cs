namespace Kube.Kubelet.Images;

/// <summary>When images are removed from the node.</summary>
internal sealed record ImagePolicy
{
    /// <summary>Part of the disk in use, in percent, from which images are removed.</summary>
    public int HighThresholdPercent { get; init; } = 85;

    /// <summary>Part of the disk in use, in percent, down to which they are.</summary>
    public int LowThresholdPercent { get; init; } = 80;

    /// <summary>Younger images stay: they may just have been pulled for a container.</summary>
    public TimeSpan MinimumAge { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Images that nobody has used for longer go whether the disk is full or not; zero never.</summary>
    public TimeSpan MaximumAge { get; init; }

    /// <summary>How many bytes must go; 0 below the high threshold.</summary>
    public long BytesToFree(long capacityBytes, long availableBytes)
    {
        long available = Math.Min(availableBytes, capacityBytes);
        int usedPercent = 100 - (int)(available * 100 / capacityBytes);
        return usedPercent >= HighThresholdPercent ? (capacityBytes * (100 - LowThresholdPercent) / 100) - available : 0;
    }
}
