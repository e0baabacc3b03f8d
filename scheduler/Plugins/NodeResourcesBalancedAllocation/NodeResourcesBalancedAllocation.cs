using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.NodeResourcesBalancedAllocation;

/// <summary>Prefers nodes whose cpu and memory would be used to the same degree, so that neither is left over alone.</summary>
public sealed class NodeResourcesBalancedAllocation : IScorePlugin
{
    public string Name => "NodeResourcesBalancedAllocation";

    public int Weight => 1;

    public bool AppliesTo(PodInfo pod, IReadOnlyList<NodeInfo> nodes) => true;

    public long Score(PodInfo pod, NodeInfo node)
    {
        var cpu = Fraction(node.Requested.CpuMillis + pod.Requests.CpuMillis, node.Allocatable.CpuMillis);
        var memory = Fraction(node.Requested.MemoryBytes + pod.Requests.MemoryBytes, node.Allocatable.MemoryBytes);

        // The standard deviation of two numbers is half their distance; of one, nothing.
        var deviation = cpu is null || memory is null ? 0 : Math.Abs(cpu.Value - memory.Value) / 2;
        return (long)((1 - deviation) * IScorePlugin.MaxScore);
    }

    private static double? Fraction(long requested, long capacity) =>
        capacity == 0 ? null : Math.Min(1, (double)requested / capacity);
}
