using Kube.Api.Schema;

namespace Kube.Api.Authentication.V1;

/// <summary>Whose token it is.</summary>
public sealed class TokenReviewStatus
{
    /// <summary>Whether the token is good.</summary>
    [Field(1)]
    public bool Authenticated { get; set; }

    /// <summary>Whose it is.</summary>
    [Field(2, Always = true)]
    public UserInfo? User { get; set; }

    /// <summary>Which of the audiences asked for the token is for.</summary>
    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<string>? Audiences { get; set; }

    /// <summary>Why the token could not be looked at.</summary>
    [Field(3)]
    public string? Error { get; set; }
}
