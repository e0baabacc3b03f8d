using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Rbac.V1;

/// <summary>How rules are gathered.</summary>
public sealed class AggregationRule
{
    /// <summary>Labels of the cluster roles gathered from; any one suffices.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<LabelSelector>? ClusterRoleSelectors { get; set; }
}
