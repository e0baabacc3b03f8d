using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class IngressLoadBalancerIngress
{
    [Field(1)]
    public string? Ip { get; set; }

    [Field(2)]
    public string? Hostname { get; set; }

    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<IngressPortStatus>? Ports { get; set; }
}
