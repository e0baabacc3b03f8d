using Kube.Api.Schema;

namespace Kube.Api.Rbac.V1;

[Atomic]
public sealed class Subject
{
    [Field(1, Required = true, Always = true)]
    public string? Kind { get; set; }

    [Field(2)]
    public string? ApiGroup { get; set; }

    [Field(3, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(4)]
    public string? Namespace { get; set; }
}
