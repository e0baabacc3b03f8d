using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>How a pod is doing; the kubelet of its node writes it.</summary>
public sealed class PodStatus
{
    /// <summary>In one word: Pending, Running, Succeeded, Failed or Unknown.</summary>
    [Field(1)]
    [Enum("Failed", "Pending", "Running", "Succeeded", "Unknown")]
    public string? Phase { get; set; }

    /// <summary>PodScheduled, Initialized, ContainersReady, Ready and others, each with its status.</summary>
    [Field(2)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<PodCondition>? Conditions { get; set; }

    /// <summary>Why the pod is in this phase, in words for people.</summary>
    [Field(3)]
    public string? Message { get; set; }

    /// <summary>Why the pod is in this phase, as one CamelCase word, such as Evicted.</summary>
    [Field(4)]
    public string? Reason { get; set; }

    /// <summary>The node where preemption makes room for the pod; it may end up elsewhere.</summary>
    [Field(11)]
    public string? NominatedNodeName { get; set; }

    /// <summary>The node's address.</summary>
    [Field(5)]
    public string? HostIP { get; set; }

    /// <summary>The node's addresses: one of each family at most, the first equal to hostIP.</summary>
    [Field(16)]
    [ListType(ListKind.Atomic)]
    [PatchStrategy("merge", MergeKey = "ip")]
    public List<HostIP>? HostIPs { get; set; }

    /// <summary>The pod's address; empty until it has one.</summary>
    [Field(6)]
    public string? PodIP { get; set; }

    /// <summary>The pod's addresses: one of each family at most, the first equal to podIP.</summary>
    [Field(12)]
    [ListType(ListKind.Map, "ip")]
    [PatchStrategy("merge", MergeKey = "ip")]
    public List<PodIP>? PodIPs { get; set; }

    /// <summary>Time at which the kubelet took the pod on, before pulling images.</summary>
    [Field(7)]
    public Time? StartTime { get; set; }

    /// <summary>State of the init containers, in the order they run.</summary>
    [Field(10)]
    [ListType(ListKind.Atomic)]
    public List<ContainerStatus>? InitContainerStatuses { get; set; }

    /// <summary>State of each container.</summary>
    [Field(8)]
    [ListType(ListKind.Atomic)]
    public List<ContainerStatus>? ContainerStatuses { get; set; }

    /// <summary>How safe the pod is from being killed when resources run short: Guaranteed, Burstable or BestEffort.</summary>
    [Field(9)]
    [Enum("BestEffort", "Burstable", "Guaranteed")]
    public string? QosClass { get; set; }

    /// <summary>State of the ephemeral containers.</summary>
    [Field(13)]
    [ListType(ListKind.Atomic)]
    public List<ContainerStatus>? EphemeralContainerStatuses { get; set; }

    /// <summary>How far a change of the containers' resources in place has come.</summary>
    [Field(14)]
    public string? Resize { get; set; }

    /// <summary>The device claims made for the pod.</summary>
    [Field(15)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge,retainKeys", MergeKey = "name")]
    public List<PodResourceClaimStatus>? ResourceClaimStatuses { get; set; }
}
