using Kube.Api.Core.V1;
using Kube.Api.Storage.V1;

namespace Kube.Scheduler.Framework;

/// <summary>What kind of change the cluster has seen; several at once for a node that changed in several ways.</summary>
[Flags]
public enum ClusterChange
{
    None = 0,
    NodeAdded = 1,
    NodeAllocatable = 1 << 1,
    NodeLabels = 1 << 2,
    NodeTaints = 1 << 3,
    NodeUnschedulable = 1 << 4,

    /// <summary>A pod is on a node that was not there before.</summary>
    PodAssigned = 1 << 5,

    /// <summary>A pod on a node has changed its labels.</summary>
    AssignedPodLabels = 1 << 6,

    /// <summary>A pod on a node asks for less than before.</summary>
    AssignedPodScaledDown = 1 << 7,

    /// <summary>A pod is gone from its node.</summary>
    PodRemoved = 1 << 8,

    /// <summary>A namespace, service or controller has changed what selectors select.</summary>
    Facts = 1 << 9,

    ClaimAdded = 1 << 10,
    ClaimChanged = 1 << 11,
    VolumeAdded = 1 << 12,
    VolumeChanged = 1 << 13,

    /// <summary>A volume has changed the labels that say where it is.</summary>
    VolumeTopology = 1 << 14,
    ClassAdded = 1 << 15,

    /// <summary>A storage class has changed where its volumes may be.</summary>
    ClassTopologies = 1 << 16,

    /// <summary>A node has storage drivers that it had not before.</summary>
    NodeDriversAdded = 1 << 17,

    /// <summary>A storage driver no longer says how much room it has.</summary>
    DriverChanged = 1 << 18,
    CapacityAdded = 1 << 19,

    /// <summary>A storage driver has room for larger volumes than before.</summary>
    CapacityGrown = 1 << 20,

    /// <summary>A volume is no longer attached to a node.</summary>
    AttachmentRemoved = 1 << 21,

    /// <summary>Any way in which a node can change.</summary>
    Node = NodeAdded | NodeAllocatable | NodeLabels | NodeTaints | NodeUnschedulable,
}

/// <summary>A change of the cluster that may make room for a pod.</summary>
/// <param name="Change">What kind.</param>
/// <param name="Node">The node as it is now, when it is one that changed.</param>
/// <param name="Pod">The pod as it is now, or was last, when it is one that changed.</param>
/// <param name="Before">The pod as it was before.</param>
/// <param name="Claim">The claim, when it is one that changed.</param>
/// <param name="Class">The storage class, when it is one that changed.</param>
public sealed record ClusterEvent(
    ClusterChange Change, Node? Node = null, PodInfo? Pod = null, PodInfo? Before = null, PersistentVolumeClaim? Claim = null, StorageClass? Class = null)
{
    /// <summary>Something that can't be told more closely; every pod hopes.</summary>
    public static ClusterEvent Anything { get; } = new((ClusterChange)~0);

    /// <summary>kube-scheduler's word for the change, for metrics.</summary>
    public string Label => Change switch
    {
        ClusterChange.NodeAdded => "NodeAdd",
        ClusterChange.NodeAllocatable => "NodeUpdateNodeAllocatable",
        ClusterChange.NodeLabels => "NodeUpdateNodeLabel",
        ClusterChange.NodeTaints or ClusterChange.NodeUnschedulable => "NodeUpdateNodeTaint",
        ClusterChange.PodAssigned => "AssignedPodAdd",
        ClusterChange.AssignedPodLabels => "AssignedPodUpdatePodLabel",
        ClusterChange.AssignedPodScaledDown => "AssignedPodUpdatePodScaleDown",
        ClusterChange.PodRemoved => "AssignedPodDelete",
        ClusterChange.ClaimAdded => "PersistentVolumeClaimAdd",
        ClusterChange.ClaimChanged => "PersistentVolumeClaimUpdate",
        ClusterChange.VolumeAdded => "PersistentVolumeAdd",
        ClusterChange.VolumeChanged or ClusterChange.VolumeChanged | ClusterChange.VolumeTopology => "PersistentVolumeUpdate",
        ClusterChange.ClassAdded => "storage.k8s.io/StorageClassAdd",
        ClusterChange.ClassTopologies => "storage.k8s.io/StorageClassUpdate",
        ClusterChange.NodeDriversAdded => "storage.k8s.io/CSINodeAdd",
        ClusterChange.DriverChanged => "storage.k8s.io/CSIDriverUpdate",
        ClusterChange.CapacityAdded => "storage.k8s.io/CSIStorageCapacityAdd",
        ClusterChange.CapacityGrown => "storage.k8s.io/CSIStorageCapacityUpdate",
        ClusterChange.AttachmentRemoved => "storage.k8s.io/VolumeAttachmentDelete",
        _ => Is(ClusterChange.Node) ? "NodeUpdate" : "*All",
    };

    public bool Is(ClusterChange any) => (Change & any) != 0;
}
