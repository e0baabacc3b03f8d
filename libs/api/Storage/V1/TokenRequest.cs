using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

public sealed class TokenRequest
{
    [Field(1, Required = true, Always = true)]
    public string? Audience { get; set; }

    [Field(2)]
    public long? ExpirationSeconds { get; set; }
}
