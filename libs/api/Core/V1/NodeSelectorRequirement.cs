using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class NodeSelectorRequirement
{
    [Field(1, Required = true, Always = true)]
    public string? Key { get; set; }

    [Field(2, Required = true, Always = true)]
    [Enum("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")]
    public string? Operator { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<string>? Values { get; set; }
}
