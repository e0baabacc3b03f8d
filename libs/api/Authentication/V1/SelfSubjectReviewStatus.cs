using Kube.Api.Schema;

namespace Kube.Api.Authentication.V1;

/// <summary>Who the asker is.</summary>
public sealed class SelfSubjectReviewStatus
{
    /// <summary>What is known of the asker.</summary>
    [Field(1, Always = true)]
    public UserInfo? UserInfo { get; set; }
}
