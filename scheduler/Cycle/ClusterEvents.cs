using Kube.Api.Core.V1;
using Kube.Scheduler.Cache;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Queue;

namespace Kube.Scheduler.Cycle;

/// <summary>
/// Carries what the informers see into the cache and the queue. Calls for one kind of object come one after the
/// other; the two kinds may come at once.
/// </summary>
public sealed class ClusterEvents(IReadOnlyList<Profile> profiles, SchedulerCache cache, SchedulingQueue queue, NominatedPods nominations)
{
    private readonly HashSet<string> _schedulerNames = profiles.Select(profile => profile.SchedulerName).ToHashSet(StringComparer.Ordinal);

    /// <summary>A pod is new or has changed.</summary>
    public void PodChanged(Pod pod)
    {
        if (IsOver(pod))
        {
            PodGone(pod);
            return;
        }

        var info = new PodInfo(pod);
        if (!string.IsNullOrEmpty(pod.Spec?.NodeName))
        {
            queue.Remove(info.Uid);
            nominations.Remove(info.Uid);
            var before = cache.SetPod(info);
            if (Assigned(before, info) is var change and not ClusterChange.None)
            {
                queue.ClusterChanged(new ClusterEvent(change, Pod: info, Before: before));
            }
        }
        else if (_schedulerNames.Contains(string.IsNullOrEmpty(pod.Spec?.SchedulerName) ? "default-scheduler" : pod.Spec.SchedulerName))
        {
            if (pod.Status?.NominatedNodeName is { Length: > 0 } node && nominations.NodeOf(info.Uid) is null)
            {
                nominations.Set(info, node);
            }

            queue.AddOrUpdate(info);
        }
    }

    /// <summary>A pod is gone, or has ended and uses nothing any more.</summary>
    public void PodGone(Pod pod)
    {
        var uid = pod.Metadata.Uid ?? string.Empty;
        queue.Remove(uid);
        var wasPromised = nominations.NodeOf(uid) is not null;
        nominations.Remove(uid);
        if (cache.RemovePod(uid) is { } gone)
        {
            queue.ClusterChanged(new ClusterEvent(ClusterChange.PodRemoved, Pod: gone));
        }
        else if (wasPromised)
        {
            // The room that was being made for it is free for others.
            queue.ClusterChanged(new ClusterEvent(ClusterChange.PodRemoved, Pod: new PodInfo(pod)));
        }
    }

    public void NodeAdded(Node node)
    {
        cache.SetNode(node);
        queue.ClusterChanged(new ClusterEvent(ClusterChange.NodeAdded, node));
    }

    /// <summary>A node has changed. Heartbeats, which change nothing that a plugin reads, wake nobody.</summary>
    public void NodeChanged(Node before, Node after)
    {
        cache.SetNode(after);
        if (Difference(before, after) is var change and not ClusterChange.None)
        {
            queue.ClusterChanged(new ClusterEvent(change, after));
        }
    }

    public void NodeGone(Node node) => cache.RemoveNode(node.Metadata.Name!);

    /// <summary>A namespace, service or controller has changed what selectors select.</summary>
    public void FactsChanged() => queue.ClusterChanged(new ClusterEvent(ClusterChange.Facts));

    /// <summary>A claim, a volume or what is known of their drivers has changed; the storage cache knows already.</summary>
    public void StorageChanged(ClusterEvent change) => queue.ClusterChanged(change);

    private static bool IsOver(Pod pod) => pod.Status?.Phase is "Succeeded" or "Failed";

    private static ClusterChange Assigned(PodInfo? before, PodInfo after)
    {
        if (before is null)
        {
            return ClusterChange.PodAssigned;
        }

        var change = Same(before.Labels, after.Labels) ? ClusterChange.None : ClusterChange.AssignedPodLabels;
        var less = after.Requests.CpuMillis < before.Requests.CpuMillis || after.Requests.MemoryBytes < before.Requests.MemoryBytes
            || after.Requests.EphemeralStorageBytes < before.Requests.EphemeralStorageBytes
            || before.Requests.Scalars.Any(scalar => after.Requests.Scalars.GetValueOrDefault(scalar.Key) < scalar.Value);
        return less ? change | ClusterChange.AssignedPodScaledDown : change;
    }

    private static ClusterChange Difference(Node before, Node after) =>
        (before.Spec?.Unschedulable != after.Spec?.Unschedulable ? ClusterChange.NodeUnschedulable : ClusterChange.None)
        | (!Same(before.Metadata.Labels, after.Metadata.Labels) ? ClusterChange.NodeLabels : ClusterChange.None)
        | (!Same(before.Status?.Allocatable, after.Status?.Allocatable) ? ClusterChange.NodeAllocatable : ClusterChange.None)
        | (!SameTaints(before.Spec?.Taints, after.Spec?.Taints) ? ClusterChange.NodeTaints : ClusterChange.None);

    private static bool Same<T>(Dictionary<string, T>? left, Dictionary<string, T>? right) =>
        (left?.Count ?? 0) == (right?.Count ?? 0)
        && (left is null || left.All(pair => right!.TryGetValue(pair.Key, out var value) && EqualityComparer<T>.Default.Equals(value, pair.Value)));

    private static bool SameTaints(List<Taint>? left, List<Taint>? right) =>
        (left ?? []).Select(Identity).SequenceEqual((right ?? []).Select(Identity));

    private static (string? Key, string? Value, string? Effect) Identity(Taint taint) => (taint.Key, taint.Value, taint.Effect);
}
