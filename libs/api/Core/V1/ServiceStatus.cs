using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>How a service is doing.</summary>
public sealed class ServiceStatus
{
    /// <summary>Where the load balancer answers.</summary>
    [Field(1, Always = true)]
    public LoadBalancerStatus? LoadBalancer { get; set; }

    /// <summary>Aspects of its state.</summary>
    [Field(2)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<Condition>? Conditions { get; set; }
}
