using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Selects parts of the cluster for new volumes.</summary>
[Atomic]
public sealed class TopologySelectorTerm
{
    /// <summary>Labels the part must have.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<TopologySelectorLabelRequirement>? MatchLabelExpressions { get; set; }
}
