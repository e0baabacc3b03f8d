using Kube.Api.Schema;

namespace Kube.Api.Discovery.V1;

/// <summary>A port of endpoints.</summary>
[Atomic]
public sealed class EndpointPort
{
    /// <summary>Name of the port, as in the service.</summary>
    [Field(1, Pointer = true)]
    [Default("\"\"")]
    public string? Name { get; set; }

    /// <summary>TCP, UDP or SCTP.</summary>
    [Field(2, Pointer = true)]
    [Enum("SCTP", "TCP", "UDP")]
    [Default("\"TCP\"")]
    public string? Protocol { get; set; }

    /// <summary>Number of the port; absent means that the user must know.</summary>
    [Field(3)]
    public int? Port { get; set; }

    /// <summary>Protocol spoken over it.</summary>
    [Field(4, Pointer = true)]
    public string? AppProtocol { get; set; }
}
