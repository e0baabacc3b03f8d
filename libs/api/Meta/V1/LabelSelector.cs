using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

[Atomic]
public sealed class LabelSelector
{
    [Field(1)]
    public Dictionary<string, string>? MatchLabels { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<LabelSelectorRequirement>? MatchExpressions { get; set; }
}
