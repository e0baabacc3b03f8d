using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class LoadBalancerStatus
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<LoadBalancerIngress>? Ingress { get; set; }
}
