using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

public sealed class SelfSubjectAccessReviewSpec
{
    [Field(1)]
    public ResourceAttributes? ResourceAttributes { get; set; }

    [Field(2)]
    public NonResourceAttributes? NonResourceAttributes { get; set; }
}
