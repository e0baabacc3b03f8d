using Kube.Api.Schema;

namespace Kube.Api.Rbac.V1;

/// <summary>The role that is given.</summary>
[Atomic]
public sealed class RoleRef
{
    /// <summary>Always rbac.authorization.k8s.io.</summary>
    [Field(1, Required = true, Always = true)]
    [Default("\"rbac.authorization.k8s.io\"")]
    public string? ApiGroup { get; set; }

    /// <summary>Role or ClusterRole.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Kind { get; set; }

    /// <summary>Name of the role.</summary>
    [Field(3, Required = true, Always = true)]
    public string? Name { get; set; }
}
