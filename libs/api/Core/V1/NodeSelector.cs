using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

[Atomic]
public sealed class NodeSelector
{
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<NodeSelectorTerm>? NodeSelectorTerms { get; set; }
}
