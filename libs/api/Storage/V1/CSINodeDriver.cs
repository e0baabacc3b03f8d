using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

/// <summary>A CSI driver on a node.</summary>
public sealed class CSINodeDriver
{
    /// <summary>Name of the driver.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>The driver's name for the node.</summary>
    [Field(2, Required = true, Always = true)]
    public string? NodeID { get; set; }

    /// <summary>Labels by which the driver says where the node is.</summary>
    [Field(3, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? TopologyKeys { get; set; }

    /// <summary>How many volumes the node can take.</summary>
    [Field(4)]
    public VolumeNodeResources? Allocatable { get; set; }
}
