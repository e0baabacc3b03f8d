using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ServiceAccountTokenProjection
{
    [Field(1)]
    public string? Audience { get; set; }

    [Field(2)]
    [Default("3600")]
    [Range(600, 4294967296)]
    public long? ExpirationSeconds { get; set; }

    [Field(3, Required = true, Always = true)]
    public string? Path { get; set; }
}
