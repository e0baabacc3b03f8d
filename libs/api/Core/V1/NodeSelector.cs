using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Selects nodes: any one of the terms suffices.</summary>
[Atomic]
public sealed class NodeSelector
{
    /// <summary>The terms.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<NodeSelectorTerm>? NodeSelectorTerms { get; set; }
}
