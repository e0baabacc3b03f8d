using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Rbac.V1;

/// <summary>Gives a role to subjects, in one namespace.</summary>
[Kind("rbac.authorization.k8s.io", "v1", "rolebindings", Namespaced = true)]
[NameFormat(NameFormat.PathSegment)]
public sealed class RoleBinding : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "rbac.authorization.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "RoleBinding";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>Who is given it.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<Subject>? Subjects { get; set; }

    /// <summary>The role: one of the same namespace, or a cluster role. It cannot be changed.</summary>
    [Field(3, Required = true, Always = true)]
    [Immutable]
    public RoleRef? RoleRef { get; set; }
}
