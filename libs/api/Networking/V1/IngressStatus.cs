using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class IngressStatus
{
    [Field(1, Always = true)]
    public IngressLoadBalancerStatus? LoadBalancer { get; set; }
}
