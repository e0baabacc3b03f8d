using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Rbac.V1;

public sealed class AggregationRule
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<LabelSelector>? ClusterRoleSelectors { get; set; }
}
