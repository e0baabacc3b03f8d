using Kube.Api.Schema;

namespace Kube.Api.Rbac.V1;

/// <summary>Who is given a role.</summary>
[Atomic]
public sealed class Subject
{
    /// <summary>User, Group or ServiceAccount.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Kind { get; set; }

    /// <summary>rbac.authorization.k8s.io for users and groups, "" for service accounts.</summary>
    [Field(2)]
    public string? ApiGroup { get; set; }

    /// <summary>Name of the subject.</summary>
    [Field(3, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Namespace of the service account.</summary>
    [Field(4)]
    public string? Namespace { get; set; }
}
