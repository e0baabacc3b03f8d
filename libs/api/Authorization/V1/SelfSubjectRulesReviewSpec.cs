using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

public sealed class SelfSubjectRulesReviewSpec
{
    [Field(1)]
    public string? Namespace { get; set; }
}
