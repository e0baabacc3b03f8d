using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class LoadBalancerIngress
{
    [Field(1)]
    public string? Ip { get; set; }

    [Field(2)]
    public string? Hostname { get; set; }

    [Field(3, Pointer = true)]
    public string? IpMode { get; set; }

    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<PortStatus>? Ports { get; set; }
}
