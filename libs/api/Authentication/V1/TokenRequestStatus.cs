using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Authentication.V1;

public sealed class TokenRequestStatus
{
    [Field(1, Required = true, Always = true)]
    public string? Token { get; set; }

    [Field(2, Required = true, Always = true)]
    public Time? ExpirationTimestamp { get; set; }
}
