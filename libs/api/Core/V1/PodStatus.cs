using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class PodStatus
{
    [Field(1)]
    [Enum("Pending", "Running", "Succeeded", "Failed", "Unknown")]
    public string? Phase { get; set; }

    [Field(2)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<PodCondition>? Conditions { get; set; }

    [Field(3)]
    public string? Message { get; set; }

    [Field(4)]
    public string? Reason { get; set; }

    [Field(11)]
    public string? NominatedNodeName { get; set; }

    [Field(5)]
    public string? HostIP { get; set; }

    [Field(16)]
    [ListType(ListKind.Atomic)]
    [PatchStrategy("merge", MergeKey = "ip")]
    public List<HostIP>? HostIPs { get; set; }

    [Field(6)]
    public string? PodIP { get; set; }

    [Field(12)]
    [ListType(ListKind.Map, "ip")]
    [PatchStrategy("merge", MergeKey = "ip")]
    public List<PodIP>? PodIPs { get; set; }

    [Field(7)]
    public Time? StartTime { get; set; }

    [Field(10)]
    [ListType(ListKind.Atomic)]
    public List<ContainerStatus>? InitContainerStatuses { get; set; }

    [Field(8)]
    [ListType(ListKind.Atomic)]
    public List<ContainerStatus>? ContainerStatuses { get; set; }

    [Field(9)]
    [Enum("Guaranteed", "Burstable", "BestEffort")]
    public string? QosClass { get; set; }

    [Field(13)]
    [ListType(ListKind.Atomic)]
    public List<ContainerStatus>? EphemeralContainerStatuses { get; set; }

    [Field(14)]
    public string? Resize { get; set; }

    [Field(15)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge,retainKeys", MergeKey = "name")]
    public List<PodResourceClaimStatus>? ResourceClaimStatuses { get; set; }
}
