using Kube.Api.Schema;

namespace Kube.Api.Authentication.V1;

public sealed class SelfSubjectReviewStatus
{
    [Field(1, Always = true)]
    public UserInfo? UserInfo { get; set; }
}
