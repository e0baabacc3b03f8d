using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>The server's address for the clients of a network.</summary>
public sealed class ServerAddressByClientCIDR
{
    /// <summary>The network the client is in.</summary>
    [Field(1, Required = true, Always = true)]
    public string? ClientCIDR { get; set; }

    /// <summary>The address such a client should use.</summary>
    [Field(2, Required = true, Always = true)]
    public string? ServerAddress { get; set; }
}
