using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

[Atomic]
public sealed class TopologySelectorTerm
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<TopologySelectorLabelRequirement>? MatchLabelExpressions { get; set; }
}
