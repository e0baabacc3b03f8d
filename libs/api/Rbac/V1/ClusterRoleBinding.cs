using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Rbac.V1;

/// <summary>Gives a cluster role to subjects, everywhere.</summary>
[Kind("rbac.authorization.k8s.io", "v1", "clusterrolebindings")]
[NameFormat(NameFormat.PathSegment)]
public sealed class ClusterRoleBinding : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "rbac.authorization.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "ClusterRoleBinding";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>Who is given it.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<Subject>? Subjects { get; set; }

    /// <summary>The cluster role. It cannot be changed.</summary>
    [Field(3, Required = true, Always = true)]
    [Immutable]
    public RoleRef? RoleRef { get; set; }
}
