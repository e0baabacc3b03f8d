using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.NodeResourcesFit;

/// <summary>
/// The pod's requests must fit into what the node has left; of the nodes that have room, the emptiest score
/// best (Kubernetes' LeastAllocated over cpu and memory, equal weights).
/// </summary>
public sealed class NodeResourcesFit : IFilterPlugin, IScorePlugin
{
    public string Name => "NodeResourcesFit";

    public int Weight => 1;

    public Status Filter(PodInfo pod, NodeInfo node)
    {
        List<string>? reasons = null;
        if (node.Pods.Count + 1 > node.Allocatable.Pods)
        {
            (reasons ??= []).Add("Too many pods");
        }

        var wanted = pod.Requests;
        Check(ref reasons, "cpu", wanted.CpuMillis, node.Requested.CpuMillis, node.Allocatable.CpuMillis);
        Check(ref reasons, "memory", wanted.MemoryBytes, node.Requested.MemoryBytes, node.Allocatable.MemoryBytes);
        Check(
            ref reasons,
            "ephemeral-storage",
            wanted.EphemeralStorageBytes,
            node.Requested.EphemeralStorageBytes,
            node.Allocatable.EphemeralStorageBytes);
        foreach (var (name, amount) in wanted.Scalars)
        {
            Check(ref reasons, name, amount, node.Requested.Scalars.GetValueOrDefault(name), node.Allocatable.Scalars.GetValueOrDefault(name));
        }

        return reasons is null ? Status.Success : Status.Unschedulable(reasons);
    }

    public bool AppliesTo(PodInfo pod, IReadOnlyList<NodeInfo> nodes) => true;

    public long Score(PodInfo pod, NodeInfo node)
    {
        var cpu = LeastAllocated(node.ScoredRequested.CpuMillis + pod.ScoredRequests.CpuMillis, node.Allocatable.CpuMillis);
        var memory = LeastAllocated(node.ScoredRequested.MemoryBytes + pod.ScoredRequests.MemoryBytes, node.Allocatable.MemoryBytes);
        var weights = (cpu is null ? 0 : 1) + (memory is null ? 0 : 1);
        return weights == 0 ? 0 : ((cpu ?? 0) + (memory ?? 0)) / weights;
    }

    private static long? LeastAllocated(long requested, long capacity) =>
        capacity == 0 ? null : requested > capacity ? 0 : (capacity - requested) * IScorePlugin.MaxScore / capacity;

    private static void Check(ref List<string>? reasons, string resource, long wanted, long used, long capacity)
    {
        if (wanted > 0 && wanted > capacity - used)
        {
            (reasons ??= []).Add("Insufficient " + resource);
        }
    }
}
