using Kube.Api.Core.V1;
using Kube.Scheduler.Cache;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Queue;

namespace Kube.Scheduler.Cycle;

/// <summary>
/// Carries what the informers see into the cache and the queue. Calls for one kind of object come one after the
/// other; the two kinds may come at once.
/// </summary>
public sealed class ClusterEvents(Profile profile, SchedulerCache cache, SchedulingQueue queue)
{
    /// <summary>A pod is new or has changed.</summary>
    public void PodChanged(Pod pod)
    {
        var info = new PodInfo(pod);
        if (IsOver(pod))
        {
            PodGone(pod);
        }
        else if (!string.IsNullOrEmpty(pod.Spec?.NodeName))
        {
            queue.Remove(info.Uid);
            cache.SetPod(info);
        }
        else if (pod.Spec?.SchedulerName is { } name ? name == profile.SchedulerName : profile.SchedulerName == "default-scheduler")
        {
            queue.AddOrUpdate(info);
        }
    }

    /// <summary>A pod is gone, or has ended and uses nothing any more.</summary>
    public void PodGone(Pod pod)
    {
        var uid = pod.Metadata.Uid ?? string.Empty;
        queue.Remove(uid);
        if (cache.RemovePod(uid))
        {
            queue.ClusterChanged();
        }
    }

    public void NodeAdded(Node node)
    {
        cache.SetNode(node);
        queue.ClusterChanged();
    }

    /// <summary>A node has changed. Heartbeats, which change nothing that a plugin reads, wake nobody.</summary>
    public void NodeChanged(Node before, Node after)
    {
        cache.SetNode(after);
        if (MayMakeRoom(before, after))
        {
            queue.ClusterChanged();
        }
    }

    public void NodeGone(Node node) => cache.RemoveNode(node.Metadata.Name!);

    private static bool IsOver(Pod pod) => pod.Status?.Phase is "Succeeded" or "Failed";

    private static bool MayMakeRoom(Node before, Node after) =>
        before.Spec?.Unschedulable != after.Spec?.Unschedulable
        || !Same(before.Metadata.Labels, after.Metadata.Labels)
        || !Same(before.Status?.Allocatable, after.Status?.Allocatable)
        || !SameTaints(before.Spec?.Taints, after.Spec?.Taints);

    private static bool Same<T>(Dictionary<string, T>? left, Dictionary<string, T>? right) =>
        (left?.Count ?? 0) == (right?.Count ?? 0)
        && (left is null || left.All(pair => right!.TryGetValue(pair.Key, out var value) && EqualityComparer<T>.Default.Equals(value, pair.Value)));

    private static bool SameTaints(List<Taint>? left, List<Taint>? right) =>
        (left ?? []).Select(Identity).SequenceEqual((right ?? []).Select(Identity));

    private static (string? Key, string? Value, string? Effect) Identity(Taint taint) => (taint.Key, taint.Value, taint.Effect);
}
