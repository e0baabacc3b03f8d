using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

public sealed class FieldSelectorAttributes
{
    [Field(1)]
    public string? RawSelector { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<FieldSelectorRequirement>? Requirements { get; set; }
}
