using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

[Atomic]
public sealed class OwnerReference
{
    [Field(5, Required = true, Always = true)]
    public string? ApiVersion { get; set; }

    [Field(1, Required = true, Always = true)]
    public string? Kind { get; set; }

    [Field(3, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(4, Required = true, Always = true)]
    public string? Uid { get; set; }

    [Field(6)]
    public bool? Controller { get; set; }

    [Field(7)]
    public bool? BlockOwnerDeletion { get; set; }
}
