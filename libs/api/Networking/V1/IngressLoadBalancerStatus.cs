using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>Where an ingress answers.</summary>
public sealed class IngressLoadBalancerStatus
{
    /// <summary>The addresses.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<IngressLoadBalancerIngress>? Ingress { get; set; }
}
