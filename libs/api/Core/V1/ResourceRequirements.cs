using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class ResourceRequirements
{
    [Field(1)]
    public Dictionary<string, Quantity>? Limits { get; set; }

    [Field(2)]
    public Dictionary<string, Quantity>? Requests { get; set; }

    [Field(3)]
    [ListType(ListKind.Map, "name")]
    public List<ResourceClaim>? Claims { get; set; }
}
