using Kube.Api.Core.V1;
using Kube.Kubelet.Disks;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Stats;

namespace Kube.Kubelet.Eviction;

/// <summary>Turns what was read of node and pods into signals and usages. Pure.</summary>
internal static class EvictionReadings
{
    /// <param name="reading">What was read.</param>
    /// <param name="allocatableMemoryBytes">Memory that pods may use together.</param>
    public static Dictionary<EvictionSignal, SignalReading> Signals(NodeReading reading, long allocatableMemoryBytes)
    {
        long podsMemory = reading.Pods.Sum(p => p.Memory?.WorkingSetBytes ?? 0);
        Dictionary<EvictionSignal, SignalReading> signals = new()
        {
            [EvictionSignal.MemoryAvailable] = new(reading.Memory.AvailableBytes ?? 0, (reading.Memory.AvailableBytes ?? 0) + reading.Memory.WorkingSetBytes),
            [EvictionSignal.AllocatableMemoryAvailable] = new(allocatableMemoryBytes - podsMemory, allocatableMemoryBytes),
            [EvictionSignal.NodeFsAvailable] = new(reading.Fs.AvailableBytes, reading.Fs.CapacityBytes),
            [EvictionSignal.ImageFsAvailable] = new(reading.ImageFs.AvailableBytes, reading.ImageFs.CapacityBytes),
            [EvictionSignal.ProcessIdsAvailable] = new(reading.MaxProcesses - reading.Processes, reading.MaxProcesses),
        };
        if (reading.Fs.Inodes > 0)
        {
            signals[EvictionSignal.NodeFsInodesFree] = new(reading.Fs.InodesFree, reading.Fs.Inodes);
        }

        if (reading.ImageFs.Inodes > 0)
        {
            signals[EvictionSignal.ImageFsInodesFree] = new(reading.ImageFs.InodesFree, reading.ImageFs.Inodes);
        }

        return signals;
    }

    /// <summary>What each of the pods uses; those that were not read are not known.</summary>
    public static List<PodUsage> Pods(IEnumerable<Pod> active, NodeReading reading)
    {
        Dictionary<string, PodReading> read = reading.Pods.ToDictionary(p => p.Uid, StringComparer.Ordinal);
        return [.. active.Select(pod => read.TryGetValue(pod.Uid(), out PodReading? found) ? Usage(pod, found) : new PodUsage { Pod = pod, Known = false })];
    }

    private static PodUsage Usage(Pod pod, PodReading reading) => new()
    {
        Pod = pod,
        Containers =
        [
            .. reading.Containers.Select(c => new ContainerUsage(c.Name) { MemoryBytes = c.Memory?.WorkingSetBytes ?? 0, Root = c.Root, Logs = c.Logs }),
        ],
        Volumes = reading.Volumes.Where(v => v.ClaimName is null).ToDictionary(v => v.Name, v => v.Used, StringComparer.Ordinal),
        LocalVolumes = reading.Volumes.Where(v => v.IsLocal).Aggregate(new DiskUsage(), (sum, v) => sum + v.Used),
        MemoryBytes = reading.Memory?.WorkingSetBytes ?? 0,
        Processes = reading.Processes ?? 0,
    };
}
