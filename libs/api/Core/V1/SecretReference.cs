using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

[Atomic]
public sealed class SecretReference
{
    [Field(1)]
    public string? Name { get; set; }

    [Field(2)]
    public string? Namespace { get; set; }
}
