using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ServiceStatus
{
    [Field(1, Always = true)]
    public LoadBalancerStatus? LoadBalancer { get; set; }

    [Field(2)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<Condition>? Conditions { get; set; }
}
