using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.NodeResourcesFit;

/// <summary>
/// The pod's requests must fit into what the node has left; nodes that have room score by the <see cref="FitScoring"/>.
/// </summary>
/// <param name="scoring">How room scores; by default the emptiest node is best.</param>
/// <param name="ignored">Extended resources that the filter leaves to others, by name, or "group/" for all of a group.</param>
public sealed class NodeResourcesFit(FitScoring? scoring = null, IReadOnlyCollection<string>? ignored = null)
    : IFilterPlugin, IScorePlugin, IQueueingHints
{
    /// <summary>Verdicts of the usual shortages, by a bit each: one object for equal verdicts keeps counting them cheap.</summary>
    private static readonly Status[] Shortages = [.. Enumerable.Range(0, 16).Select(Shortage)];
    private readonly FitScoring _scoring = scoring ?? FitScoring.Default;

    public string Name => "NodeResourcesFit";

    public int Weight => 1;

    public Status Filter(PodInfo pod, NodeInfo node)
    {
        var wanted = pod.Requests;
        var used = node.Requested;
        var capacity = node.Allocatable;
        var bits = (node.Pods.Count + 1 > capacity.Pods ? 1 : 0)
            | (IsShort(wanted.CpuMillis, used.CpuMillis, capacity.CpuMillis) ? 2 : 0)
            | (IsShort(wanted.MemoryBytes, used.MemoryBytes, capacity.MemoryBytes) ? 4 : 0)
            | (IsShort(wanted.EphemeralStorageBytes, used.EphemeralStorageBytes, capacity.EphemeralStorageBytes) ? 8 : 0);
        if (wanted.Scalars.Count == 0)
        {
            return bits == 0 ? Status.Success : Shortages[bits];
        }

        var missing = wanted.Scalars
            .Where(scalar => !IsIgnored(scalar.Key)
                && IsShort(scalar.Value, used.Scalars.GetValueOrDefault(scalar.Key), capacity.Scalars.GetValueOrDefault(scalar.Key)))
            .Select(scalar => "Insufficient " + scalar.Key)
            .ToList();
        return missing.Count > 0 ? Status.Unschedulable([.. Shortages[bits].Reasons, .. missing])
            : bits == 0 ? Status.Success : Shortages[bits];
    }

    public long Score(PodInfo pod, NodeInfo node)
    {
        long total = 0;
        long weights = 0;
        foreach (var (name, weight) in _scoring.Resources)
        {
            var (requested, capacity, wanted) = Amounts(name, pod, node);
            if (capacity == 0 || (wanted == 0 && name is not "cpu" and not "memory"))
            {
                continue;
            }

            var score = Of(requested, capacity);
            if (_scoring.Strategy == FitStrategy.RequestedToCapacityRatio && score <= 0)
            {
                continue;
            }

            total += score * weight;
            weights += weight;
        }

        if (weights == 0)
        {
            return 0;
        }

        return _scoring.Strategy == FitStrategy.RequestedToCapacityRatio
            ? (long)Math.Round((double)total / weights, MidpointRounding.AwayFromZero)
            : total / weights;
    }

    public bool MayHelp(PodInfo pod, ClusterEvent change)
    {
        if (change.Is(ClusterChange.PodRemoved | ClusterChange.AssignedPodScaledDown))
        {
            // Every pod counts against the number of pods, so one that has gone always leaves something.
            return true;
        }

        return change.Is(ClusterChange.NodeAdded | ClusterChange.NodeAllocatable) && (change.Node is null || FitsEmpty(pod, change));
    }

    private bool FitsEmpty(PodInfo pod, ClusterEvent change)
    {
        var empty = new NodeInfo(change.Node!.Metadata.Name ?? string.Empty);
        empty.SetNode(change.Node);
        return Filter(pod, empty).IsSuccess;
    }

    private long Of(long requested, long capacity) => _scoring.Strategy switch
    {
        FitStrategy.LeastAllocated => requested > capacity ? 0 : (capacity - requested) * IScorePlugin.MaxScore / capacity,
        FitStrategy.MostAllocated => Math.Min(requested, capacity) * IScorePlugin.MaxScore / capacity,
        _ => OnShape(requested > capacity ? 100 : requested * 100 / capacity),
    };

    private long OnShape(long utilization)
    {
        var shape = _scoring.Shape;
        const int scale = (int)(IScorePlugin.MaxScore / 10);
        for (var i = 0; i < shape.Count; i++)
        {
            if (utilization <= shape[i].Utilization)
            {
                return i == 0
                    ? shape[0].Score * scale
                    : (shape[i - 1].Score * scale)
                        + ((shape[i].Score - shape[i - 1].Score) * scale * (utilization - shape[i - 1].Utilization)
                            / (shape[i].Utilization - shape[i - 1].Utilization));
            }
        }

        return shape.Count == 0 ? 0 : shape[^1].Score * scale;
    }

    private static (long Requested, long Capacity, long Wanted) Amounts(string name, PodInfo pod, NodeInfo node) => name switch
    {
        "cpu" => (node.ScoredRequested.CpuMillis + pod.ScoredRequests.CpuMillis, node.Allocatable.CpuMillis, pod.ScoredRequests.CpuMillis),
        "memory" => (node.ScoredRequested.MemoryBytes + pod.ScoredRequests.MemoryBytes, node.Allocatable.MemoryBytes, pod.ScoredRequests.MemoryBytes),
        "ephemeral-storage" => (
            node.Requested.EphemeralStorageBytes + pod.Requests.EphemeralStorageBytes,
            node.Allocatable.EphemeralStorageBytes,
            pod.Requests.EphemeralStorageBytes),
        _ => (
            node.Requested.Scalars.GetValueOrDefault(name) + pod.Requests.Scalars.GetValueOrDefault(name),
            node.Allocatable.Scalars.GetValueOrDefault(name),
            pod.Requests.Scalars.GetValueOrDefault(name)),
    };

    private bool IsIgnored(string resource) =>
        ignored is not null && (ignored.Contains(resource) || ignored.Any(group => group.EndsWith('/') && resource.StartsWith(group, StringComparison.Ordinal)));

    private static bool IsShort(long wanted, long used, long capacity) => wanted > 0 && wanted > capacity - used;

    private static Status Shortage(int bits)
    {
        string[] reasons = ["Too many pods", "Insufficient cpu", "Insufficient memory", "Insufficient ephemeral-storage"];
        return Status.Unschedulable([.. reasons.Where((_, i) => (bits & (1 << i)) != 0)]).By("NodeResourcesFit");
    }
}
