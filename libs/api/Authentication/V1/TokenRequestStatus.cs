using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Authentication.V1;

/// <summary>The token.</summary>
public sealed class TokenRequestStatus
{
    /// <summary>The token.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Token { get; set; }

    /// <summary>Time at which it stops being valid.</summary>
    [Field(2, Required = true, Always = true)]
    public Time? ExpirationTimestamp { get; set; }
}
