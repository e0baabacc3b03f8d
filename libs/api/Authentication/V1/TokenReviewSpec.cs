using Kube.Api.Schema;

namespace Kube.Api.Authentication.V1;

/// <summary>The token asked about.</summary>
public sealed class TokenReviewSpec
{
    /// <summary>The token.</summary>
    [Field(1)]
    public string? Token { get; set; }

    /// <summary>Whom the token should be for; the API server when absent.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? Audiences { get; set; }
}
