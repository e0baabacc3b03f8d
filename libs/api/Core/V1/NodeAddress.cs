using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>An address or name of a node.</summary>
public sealed class NodeAddress
{
    /// <summary>Hostname, InternalIP, ExternalIP, InternalDNS or ExternalDNS.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    /// <summary>The address.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Address { get; set; }
}
