using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class FieldSelectorRequirement
{
    [Field(1, Required = true, Always = true)]
    public string? Key { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Operator { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<string>? Values { get; set; }
}
