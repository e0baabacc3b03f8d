using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ResourceStatus
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2)]
    [ListType(ListKind.Map, "resourceID")]
    public List<ResourceHealth>? Resources { get; set; }
}
