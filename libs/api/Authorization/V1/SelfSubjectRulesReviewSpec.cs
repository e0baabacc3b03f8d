using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

/// <summary>The namespace asked about.</summary>
public sealed class SelfSubjectRulesReviewSpec
{
    /// <summary>Its name.</summary>
    [Field(1)]
    public string? Namespace { get; set; }
}
