using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

/// <summary>A token that a driver is given.</summary>
public sealed class TokenRequest
{
    /// <summary>Whom it is for; the API server when empty.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Audience { get; set; }

    /// <summary>Seconds it should be valid.</summary>
    [Field(2)]
    public long? ExpirationSeconds { get; set; }
}
