using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Selects nodes by labels and fields: all must hold. An empty term selects none.</summary>
[Atomic]
public sealed class NodeSelectorTerm
{
    /// <summary>Conditions on the node's labels.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<NodeSelectorRequirement>? MatchExpressions { get; set; }

    /// <summary>Conditions on the node's fields; metadata.name is the only one.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<NodeSelectorRequirement>? MatchFields { get; set; }
}
