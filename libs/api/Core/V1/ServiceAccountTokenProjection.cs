using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A token of the pod's service account, renewed in time.</summary>
public sealed class ServiceAccountTokenProjection
{
    /// <summary>Whom the token is for; the API server when empty.</summary>
    [Field(1)]
    public string? Audience { get; set; }

    /// <summary>Seconds a token is valid; it is renewed after four fifths of that.</summary>
    [Field(2)]
    [Default("3600")]
    [Range(600, 4294967296)]
    public long? ExpirationSeconds { get; set; }

    /// <summary>File it is written to.</summary>
    [Field(3, Required = true, Always = true)]
    public string? Path { get; set; }
}
