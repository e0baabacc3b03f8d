using Kube.Api.Schema;

namespace Kube.Api.Rbac.V1;

[Atomic]
public sealed class RoleRef
{
    [Field(1, Required = true, Always = true)]
    public string? ApiGroup { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Kind { get; set; }

    [Field(3, Required = true, Always = true)]
    public string? Name { get; set; }
}
