using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Scopes that objects must fit.</summary>
[Atomic]
public sealed class ScopeSelector
{
    /// <summary>The scopes; all must fit.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<ScopedResourceSelectorRequirement>? MatchExpressions { get; set; }
}
