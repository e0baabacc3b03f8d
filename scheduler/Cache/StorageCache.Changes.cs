using Kube.Api.Core.V1;
using Kube.Api.Storage.V1;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cache;

/// <summary>What the informers tell. Each change gives the event that may help pending pods, or null when it helps none.</summary>
public sealed partial class StorageCache
{
    /// <summary>Labels of a volume that say where it is.</summary>
    private static readonly string[] TopologyKeys =
    [
        "topology.kubernetes.io/zone", "topology.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region",
    ];

    public ClusterEvent? Set(PersistentVolumeClaim claim)
    {
        var before = Put(_claims, KeyOf(claim), claim);
        return new ClusterEvent(before is null ? ClusterChange.ClaimAdded : ClusterChange.ClaimChanged, Claim: claim);
    }

    public void Remove(PersistentVolumeClaim claim) => Take(_claims, KeyOf(claim));

    public ClusterEvent? Set(PersistentVolume volume)
    {
        var before = Put(_volumes, volume.Metadata.Name!, volume);
        var moved = before is not null && TopologyKeys.Any(key =>
            before.Metadata.Labels?.GetValueOrDefault(key) != volume.Metadata.Labels?.GetValueOrDefault(key));
        return new ClusterEvent(
            before is null ? ClusterChange.VolumeAdded : moved ? ClusterChange.VolumeChanged | ClusterChange.VolumeTopology : ClusterChange.VolumeChanged);
    }

    public void Remove(PersistentVolume volume) => Take(_volumes, volume.Metadata.Name!);

    public ClusterEvent? Set(StorageClass storageClass)
    {
        var before = Put(_classes, storageClass.Metadata.Name!, storageClass);
        return before is null ? new ClusterEvent(ClusterChange.ClassAdded, Class: storageClass)
            : SameTopologies(before.AllowedTopologies, storageClass.AllowedTopologies) ? null
            : new ClusterEvent(ClusterChange.ClassTopologies, Class: storageClass);
    }

    public void Remove(StorageClass storageClass) => Take(_classes, storageClass.Metadata.Name!);

    public ClusterEvent? Set(CSIDriver driver)
    {
        var before = Put(_drivers, driver.Metadata.Name!, driver);
        return before?.Spec?.StorageCapacity == true && driver.Spec?.StorageCapacity != true ? new ClusterEvent(ClusterChange.DriverChanged) : null;
    }

    public void Remove(CSIDriver driver) => Take(_drivers, driver.Metadata.Name!);

    public ClusterEvent? Set(CSINode node)
    {
        var before = Put(_nodeDrivers, node.Metadata.Name!, node);
        var known = (before?.Spec?.Drivers ?? []).ToDictionary(driver => driver.Name ?? string.Empty, driver => driver.Allocatable?.Count ?? int.MaxValue);
        return before is null || (node.Spec?.Drivers ?? []).Any(driver =>
            !known.TryGetValue(driver.Name ?? string.Empty, out var limit) || (driver.Allocatable?.Count ?? int.MaxValue) > limit)
                ? new ClusterEvent(ClusterChange.NodeDriversAdded)
                : null;
    }

    public void Remove(CSINode node) => Take(_nodeDrivers, node.Metadata.Name!);

    /// <summary>Helps no pod. The node of an attachment never changes.</summary>
    public ClusterEvent? Set(VolumeAttachment attachment)
    {
        lock (_lock)
        {
            var node = attachment.Spec?.NodeName ?? string.Empty;
            if (!_attachments.TryGetValue(node, out var there))
            {
                _attachments.Add(node, there = new(StringComparer.Ordinal));
            }

            there[attachment.Metadata.Name!] = attachment;
            Touch();
        }

        return null;
    }

    /// <summary>The volume is detached: the node has room for another.</summary>
    public ClusterEvent Remove(VolumeAttachment attachment)
    {
        lock (_lock)
        {
            var node = attachment.Spec?.NodeName ?? string.Empty;
            if (_attachments.TryGetValue(node, out var there) && there.Remove(attachment.Metadata.Name!) && there.Count == 0)
            {
                _attachments.Remove(node);
            }

            Touch();
        }

        return new ClusterEvent(ClusterChange.AttachmentRemoved);
    }

    public ClusterEvent? Set(CSIStorageCapacity capacity)
    {
        var before = Put(_capacities, KeyOf(capacity), capacity);
        return before is null ? new ClusterEvent(ClusterChange.CapacityAdded)
            : (LimitOf(capacity) ?? -1) > (LimitOf(before) ?? -1) ? new ClusterEvent(ClusterChange.CapacityGrown)
            : null;
    }

    public void Remove(CSIStorageCapacity capacity) => Take(_capacities, KeyOf(capacity));

    private static long? LimitOf(CSIStorageCapacity capacity) => (capacity.MaximumVolumeSize ?? capacity.Capacity)?.Value();

    private static bool SameTopologies(List<TopologySelectorTerm>? left, List<TopologySelectorTerm>? right) =>
        (left ?? []).Select(Write).SequenceEqual((right ?? []).Select(Write));

    private static string Write(TopologySelectorTerm term) =>
        string.Join(';', (term.MatchLabelExpressions ?? []).Select(expression => $"{expression.Key}={string.Join(',', expression.Values ?? [])}"));

    private T? Put<TKey, T>(Dictionary<TKey, T> into, TKey key, T value)
        where TKey : notnull
        where T : class
    {
        lock (_lock)
        {
            var before = into.GetValueOrDefault(key);
            into[key] = value;
            Touch();
            return before;
        }
    }

    private void Take<TKey, T>(Dictionary<TKey, T> from, TKey key)
        where TKey : notnull
    {
        lock (_lock)
        {
            from.Remove(key);
            Touch();
        }
    }
}
