using Kube.Api.Schema;

namespace Kube.Api.Discovery.V1;

[Atomic]
public sealed class EndpointPort
{
    [Field(1, Pointer = true)]
    public string? Name { get; set; }

    [Field(2, Pointer = true)]
    [Enum("TCP", "UDP", "SCTP")]
    public string? Protocol { get; set; }

    [Field(3)]
    public int? Port { get; set; }

    [Field(4, Pointer = true)]
    public string? AppProtocol { get; set; }
}
