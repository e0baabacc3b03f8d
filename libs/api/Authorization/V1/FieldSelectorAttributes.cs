using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

/// <summary>The fields that a request is limited to.</summary>
public sealed class FieldSelectorAttributes
{
    /// <summary>The selector as in a query parameter.</summary>
    [Field(1)]
    public string? RawSelector { get; set; }

    /// <summary>The selector in parts.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<FieldSelectorRequirement>? Requirements { get; set; }
}
