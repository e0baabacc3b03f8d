using Kube.Api.Core.V1;

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

    /// <summary>A claim, volume or storage class has changed.</summary>
    Storage = 1 << 10,

    /// <summary>Any way in which a node can change.</summary>
    Node = NodeAdded | NodeAllocatable | NodeLabels | NodeTaints | NodeUnschedulable,
}

/// <summary>A change of the cluster that may make room for a pod.</summary>
/// <param name="Change">What kind.</param>
/// <param name="Node">The node as it is now, when it is one that changed.</param>
/// <param name="Pod">The pod as it is now, or was last, when it is one that changed.</param>
/// <param name="Before">The pod as it was before.</param>
public sealed record ClusterEvent(ClusterChange Change, Node? Node = null, PodInfo? Pod = null, PodInfo? Before = null)
{
    /// <summary>Something that can't be told more closely; every pod hopes.</summary>
    public static ClusterEvent Anything { get; } = new((ClusterChange)~0);

    public bool Is(ClusterChange any) => (Change & any) != 0;
}
