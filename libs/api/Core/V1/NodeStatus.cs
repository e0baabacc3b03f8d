using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class NodeStatus
{
    [Field(1)]
    public Dictionary<string, Quantity>? Capacity { get; set; }

    [Field(2)]
    public Dictionary<string, Quantity>? Allocatable { get; set; }

    [Field(3)]
    [Enum("Pending", "Running", "Terminated")]
    public string? Phase { get; set; }

    [Field(4)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<NodeCondition>? Conditions { get; set; }

    [Field(5)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<NodeAddress>? Addresses { get; set; }

    [Field(6, Always = true)]
    public NodeDaemonEndpoints? DaemonEndpoints { get; set; }

    [Field(7, Always = true)]
    public NodeSystemInfo? NodeInfo { get; set; }

    [Field(8)]
    [ListType(ListKind.Atomic)]
    public List<ContainerImage>? Images { get; set; }

    [Field(9)]
    [ListType(ListKind.Atomic)]
    public List<string>? VolumesInUse { get; set; }

    [Field(10)]
    [ListType(ListKind.Atomic)]
    public List<AttachedVolume>? VolumesAttached { get; set; }

    [Field(11)]
    public NodeConfigStatus? Config { get; set; }

    [Field(12)]
    [ListType(ListKind.Atomic)]
    public List<NodeRuntimeHandler>? RuntimeHandlers { get; set; }

    [Field(13)]
    public NodeFeatures? Features { get; set; }
}
