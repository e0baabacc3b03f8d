using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

[Atomic]
public sealed class NodeSelectorTerm
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<NodeSelectorRequirement>? MatchExpressions { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<NodeSelectorRequirement>? MatchFields { get; set; }
}
