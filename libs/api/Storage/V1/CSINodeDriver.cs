using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

public sealed class CSINodeDriver
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? NodeID { get; set; }

    [Field(3, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? TopologyKeys { get; set; }

    [Field(4)]
    public VolumeNodeResources? Allocatable { get; set; }
}
