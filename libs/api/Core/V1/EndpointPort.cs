using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A port of endpoints.</summary>
[Atomic]
public sealed class EndpointPort
{
    /// <summary>Name of the port, as in the service.</summary>
    [Field(1)]
    public string? Name { get; set; }

    /// <summary>Number of the port.</summary>
    [Field(2, Required = true, Always = true)]
    [Range(1, 65535)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Port { get; set; }

    /// <summary>TCP, UDP or SCTP.</summary>
    [Field(3)]
    [Enum("SCTP", "TCP", "UDP")]
    [Default("\"TCP\"")]
    public string? Protocol { get; set; }

    /// <summary>Protocol spoken over it.</summary>
    [Field(4, Pointer = true)]
    public string? AppProtocol { get; set; }
}
