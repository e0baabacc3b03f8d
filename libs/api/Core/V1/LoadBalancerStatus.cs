using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Where a load balancer answers.</summary>
public sealed class LoadBalancerStatus
{
    /// <summary>The addresses.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<LoadBalancerIngress>? Ingress { get; set; }
}
