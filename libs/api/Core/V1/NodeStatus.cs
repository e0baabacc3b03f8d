using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>How a node is doing; its kubelet writes it.</summary>
public sealed class NodeStatus
{
    /// <summary>All its resources.</summary>
    [Field(1)]
    public Dictionary<string, Quantity>? Capacity { get; set; }

    /// <summary>What of them pods can have.</summary>
    [Field(2)]
    public Dictionary<string, Quantity>? Allocatable { get; set; }

    /// <summary>No longer used.</summary>
    [Field(3)]
    [Enum("Pending", "Running", "Terminated")]
    public string? Phase { get; set; }

    /// <summary>Ready, MemoryPressure, DiskPressure, PIDPressure, NetworkUnavailable and others.</summary>
    [Field(4)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<NodeCondition>? Conditions { get; set; }

    /// <summary>Its addresses and names.</summary>
    [Field(5)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<NodeAddress>? Addresses { get; set; }

    /// <summary>Ports of the programs on it.</summary>
    [Field(6, Always = true)]
    public NodeDaemonEndpoints? DaemonEndpoints { get; set; }

    /// <summary>What it is made of.</summary>
    [Field(7, Always = true)]
    public NodeSystemInfo? NodeInfo { get; set; }

    /// <summary>Images it has, the largest first.</summary>
    [Field(8)]
    [ListType(ListKind.Atomic)]
    public List<ContainerImage>? Images { get; set; }

    /// <summary>Volumes in use by its pods.</summary>
    [Field(9)]
    [ListType(ListKind.Atomic)]
    public List<string>? VolumesInUse { get; set; }

    /// <summary>Volumes attached to it.</summary>
    [Field(10)]
    [ListType(ListKind.Atomic)]
    public List<AttachedVolume>? VolumesAttached { get; set; }

    /// <summary>No longer used.</summary>
    [Field(11)]
    public NodeConfigStatus? Config { get; set; }

    /// <summary>Its runtime handlers.</summary>
    [Field(12)]
    [ListType(ListKind.Atomic)]
    public List<NodeRuntimeHandler>? RuntimeHandlers { get; set; }

    /// <summary>What its runtime can do.</summary>
    [Field(13)]
    public NodeFeatures? Features { get; set; }
}
