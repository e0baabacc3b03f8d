using Kube.Kubelet.Disks;
using Kube.Kubelet.PodWorkers;

namespace Kube.Kubelet.Eviction;

/// <summary>The order in which pods go when a resource is short. Pure.</summary>
internal static class EvictionOrder
{
    /// <summary>
    /// The pods, first to go first: those that use more than they asked for, then the less important, then those furthest
    /// above what they asked for. Processes are not asked for: importance and number decide. Equal pods keep their order.
    /// </summary>
    /// <param name="pods">Pods that run.</param>
    /// <param name="signal">What is short.</param>
    /// <param name="imagesApart">Whether images and containers' roots are on a disk of their own.</param>
    public static IReadOnlyList<PodUsage> Rank(IEnumerable<PodUsage> pods, EvictionSignal signal, bool imagesApart) => signal.Resource() switch
    {
        "pids" => [.. pods.OrderBy(Importance).ThenBy(p => p.Known).ThenByDescending(p => p.Processes)],
        "memory" => Rank(pods, static p => p.MemoryBytes, static p => PodAdmission.Request(p.Pod, "memory"), static p => PodAdmission.Request(p.Pod, "memory")),
        // Nobody can ask for inodes: every use is above it. What is beyond bytes asked for decides between the like, as in Kubernetes.
        "inodes" => Rank(pods, p => Measured(p, signal, imagesApart).Inodes, static _ => 0, static p => PodAdmission.Request(p.Pod, "ephemeral-storage")),
        _ => Rank(pods, p => Measured(p, signal, imagesApart).Bytes, Storage, Storage),
    };

    private static List<PodUsage> Rank(
        IEnumerable<PodUsage> pods, Func<PodUsage, long> usage, Func<PodUsage, long> request, Func<PodUsage, long> subtracted) =>
    [
        .. pods.OrderBy(p => p.Known)
            .ThenByDescending(p => usage(p) > request(p))
            .ThenBy(Importance)
            .ThenByDescending(p => usage(p) - subtracted(p)),
    ];

    private static long Storage(PodUsage pod) => PodAdmission.Request(pod.Pod, "ephemeral-storage");

    private static int Importance(PodUsage pod) => pod.Pod.Spec?.Priority ?? 0;

    /// <summary>The part of a pod's disk usage that is on the disk that is short.</summary>
    private static DiskUsage Measured(PodUsage pod, EvictionSignal signal, bool imagesApart)
    {
        if (!imagesApart)
        {
            return pod.Disk;
        }

        bool images = signal is EvictionSignal.ImageFsAvailable or EvictionSignal.ImageFsInodesFree;
        DiskUsage containers = pod.Containers.Aggregate(new DiskUsage(), (sum, c) => sum + (images ? c.Root : c.Logs));
        return images ? containers : containers + pod.LocalVolumes;
    }
}
