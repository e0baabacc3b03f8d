using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Rbac.V1;

/// <summary>What may be done in the cluster, or in any namespace it is given for.</summary>
[Kind("rbac.authorization.k8s.io", "v1", "clusterroles")]
[NameFormat(NameFormat.PathSegment)]
public sealed class ClusterRole : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "rbac.authorization.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "ClusterRole";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>What may be done; the rules add up.</summary>
    [Field(2, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<PolicyRule>? Rules { get; set; }

    /// <summary>Gathers the rules from other cluster roles; then rules is written by the controller.</summary>
    [Field(3)]
    public AggregationRule? AggregationRule { get; set; }
}
