using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>One address of a load balancer.</summary>
public sealed class LoadBalancerIngress
{
    /// <summary>The address, if it has a number.</summary>
    [Field(1)]
    public string? Ip { get; set; }

    /// <summary>The address, if it has a name.</summary>
    [Field(2)]
    public string? Hostname { get; set; }

    /// <summary>VIP keeps the address as destination; Proxy does not.</summary>
    [Field(3, Pointer = true)]
    public string? IpMode { get; set; }

    /// <summary>State of the single ports.</summary>
    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<PortStatus>? Ports { get; set; }
}
