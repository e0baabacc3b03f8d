using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

/// <summary>What; exactly one kind of request.</summary>
public sealed class SelfSubjectAccessReviewSpec
{
    /// <summary>A request for a resource.</summary>
    [Field(1)]
    public ResourceAttributes? ResourceAttributes { get; set; }

    /// <summary>A request for another path.</summary>
    [Field(2)]
    public NonResourceAttributes? NonResourceAttributes { get; set; }
}
