using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>One address of an ingress.</summary>
public sealed class IngressLoadBalancerIngress
{
    /// <summary>The address, if it has a number.</summary>
    [Field(1)]
    public string? Ip { get; set; }

    /// <summary>The address, if it has a name.</summary>
    [Field(2)]
    public string? Hostname { get; set; }

    /// <summary>State of the single ports.</summary>
    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<IngressPortStatus>? Ports { get; set; }
}
