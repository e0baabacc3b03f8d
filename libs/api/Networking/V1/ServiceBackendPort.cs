using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

[Atomic]
public sealed class ServiceBackendPort
{
    [Field(1)]
    public string? Name { get; set; }

    [Field(2)]
    public int Number { get; set; }
}
