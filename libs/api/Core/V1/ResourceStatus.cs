using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>State of the devices of one resource.</summary>
public sealed class ResourceStatus
{
    /// <summary>Name of the resource.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>The single devices and their health.</summary>
    [Field(2)]
    [ListType(ListKind.Map, "resourceID")]
    public List<ResourceHealth>? Resources { get; set; }
}
