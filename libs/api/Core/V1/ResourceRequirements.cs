using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>What a container or pod asks for and may use.</summary>
public sealed class ResourceRequirements
{
    /// <summary>The most of each resource it may use.</summary>
    [Field(1)]
    public Dictionary<string, Quantity>? Limits { get; set; }

    /// <summary>What it is sure to get, and what the scheduler counts; the limit when absent.</summary>
    [Field(2)]
    public Dictionary<string, Quantity>? Requests { get; set; }

    /// <summary>Names of the pod's device claims the container uses.</summary>
    [Field(3)]
    [ListType(ListKind.Map, "name")]
    public List<ResourceClaim>? Claims { get; set; }
}
