using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

[Atomic]
public sealed class ScopeSelector
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<ScopedResourceSelectorRequirement>? MatchExpressions { get; set; }
}
