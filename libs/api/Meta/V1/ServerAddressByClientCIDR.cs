using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class ServerAddressByClientCIDR
{
    [Field(1, Required = true, Always = true)]
    public string? ClientCIDR { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? ServerAddress { get; set; }
}
