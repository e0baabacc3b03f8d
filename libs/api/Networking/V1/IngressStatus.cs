using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>How an ingress is doing.</summary>
public sealed class IngressStatus
{
    /// <summary>Where it answers.</summary>
    [Field(1, Always = true)]
    public IngressLoadBalancerStatus? LoadBalancer { get; set; }
}
