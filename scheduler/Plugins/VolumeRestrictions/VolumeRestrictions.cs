using Kube.Api.Core.V1;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.VolumeRestrictions;

/// <summary>
/// A claim with the access mode ReadWriteOncePod is for one pod in the whole cluster, and some kinds of disk can't be mounted twice on one node.
/// </summary>
public sealed class VolumeRestrictions : IPreFilterPlugin, IClusterPlugin, IQueueingHints
{
    private const string ReadWriteOncePod = "ReadWriteOncePod";
    private static readonly Status DiskTaken = Status.Unschedulable("node(s) had no available disk").By("VolumeRestrictions");
    private static readonly Status ClaimTaken = Status.Unschedulable(
        "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode").By("VolumeRestrictions");

    public string Name => "VolumeRestrictions";

    public int Weight => 0;

    public PreFilterResult PreFilter(PodInfo pod, ClusterView view)
    {
        foreach (var used in pod.Claims)
        {
            if (!used.IsEphemeral && view.Facts.Storage.Claim(pod.Key.Namespace, used.Name) is null)
            {
                return Status.Unresolvable($"persistentvolumeclaim \"{used.Name}\" not found");
            }
        }

        return Status.Success;
    }

    public IClusterRule? Prepare(PodInfo pod, ClusterView view)
    {
        if (pod.Spec.Volumes is not { Count: > 0 } volumes)
        {
            return null;
        }

        var exclusive = pod.Claims
            .Where(used => !used.IsEphemeral
                && view.Facts.Storage.Claim(pod.Key.Namespace, used.Name)?.Spec?.AccessModes?.Contains(ReadWriteOncePod) == true)
            .Select(used => used.Name)
            .ToHashSet(StringComparer.Ordinal);
        var disks = volumes.Where(IsDisk).ToList();
        return exclusive.Count > 0 || disks.Count > 0 ? new RestrictionRule(pod.Key.Namespace, exclusive, disks) : null;
    }

    public bool MayHelp(PodInfo pod, ClusterEvent change)
    {
        if (change.Is(ClusterChange.NodeAdded))
        {
            return true;
        }

        if (change.Claim is { } claim)
        {
            return change.Is(ClusterChange.ClaimAdded) && VolumeRules.Uses(pod, claim);
        }

        return change.Is(ClusterChange.PodRemoved)
            && (change.Pod is not { } gone
                || (gone.Key.Namespace == pod.Key.Namespace
                    && ((pod.Spec.Volumes ?? []).Any(volume => Conflicts(volume, gone))
                        || pod.Claims.Any(used => !used.IsEphemeral && gone.Claims.Contains(used)))));
    }

    /// <summary>True when the volume can't be mounted where the pod's volumes are.</summary>
    internal static bool Conflicts(Volume volume, PodInfo pod)
    {
        foreach (var other in pod.Spec.Volumes ?? [])
        {
            if (Conflict(volume, other))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Conflict(Volume left, Volume right) =>
        (left.GcePersistentDisk is { } disk && right.GcePersistentDisk is { } otherDisk
            && disk.PdName == otherDisk.PdName && !(disk.ReadOnly && otherDisk.ReadOnly))
        || (left.AwsElasticBlockStore is { } store && right.AwsElasticBlockStore is { } otherStore && store.VolumeID == otherStore.VolumeID)
        || (left.Iscsi is { } target && right.Iscsi is { } otherTarget
            && target.Iqn == otherTarget.Iqn && !(target.ReadOnly && otherTarget.ReadOnly))
        || (left.Rbd is { } image && right.Rbd is { } otherImage
            && (image.Monitors ?? []).Intersect(otherImage.Monitors ?? []).Any()
            && image.Pool == otherImage.Pool && image.Image == otherImage.Image && !(image.ReadOnly && otherImage.ReadOnly));

    private static bool IsDisk(Volume volume) =>
        volume.GcePersistentDisk is not null || volume.AwsElasticBlockStore is not null || volume.Rbd is not null || volume.Iscsi is not null;

    /// <param name="ns">The pod's namespace.</param>
    /// <param name="exclusive">Its claims that are for one pod alone.</param>
    /// <param name="disks">Its volumes that can't be mounted twice.</param>
    private sealed class RestrictionRule(string ns, HashSet<string> exclusive, List<Volume> disks) : IClusterRule
    {
        private int _users;

        public CountedPods Counts => exclusive.Count > 0 ? CountedPods.All : CountedPods.None;

        public bool CountsNodes => false;

        public bool Filters => _users > 0 || disks.Count > 0;

        public bool Scores => false;

        public void CountNode(NodeInfo node, int sign)
        {
            // A node without pods says nothing.
        }

        public void CountPod(NodeInfo node, PodInfo pod, int sign)
        {
            if (pod.Claims.Count > 0 && pod.Key.Namespace == ns)
            {
                foreach (var used in pod.Claims)
                {
                    _users += !used.IsEphemeral && exclusive.Contains(used.Name) ? sign : 0;
                }
            }
        }

        public Status Filter(int index, NodeInfo node)
        {
            foreach (var disk in disks)
            {
                foreach (var pod in node.Pods.AsSpan())
                {
                    if (Conflicts(disk, pod))
                    {
                        return DiskTaken;
                    }
                }
            }

            return _users > 0 ? ClaimTaken : Status.Success;
        }

        public void Score(ReadOnlySpan<int> feasible, Span<long> scores) => scores.Clear();
    }
}
