using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class IngressLoadBalancerStatus
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<IngressLoadBalancerIngress>? Ingress { get; set; }
}
