using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>
/// Selects objects by their labels: every entry and every expression must hold. An empty one selects everything, an
/// absent one nothing.
/// </summary>
[Atomic]
public sealed class LabelSelector
{
    /// <summary>Labels an object must have, with these very values.</summary>
    [Field(1)]
    public Dictionary<string, string>? MatchLabels { get; set; }

    /// <summary>Conditions that an object's labels must meet.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<LabelSelectorRequirement>? MatchExpressions { get; set; }
}
