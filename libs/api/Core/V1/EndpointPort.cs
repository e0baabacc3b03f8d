using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

[Atomic]
public sealed class EndpointPort
{
    [Field(1)]
    public string? Name { get; set; }

    [Field(2, Required = true, Always = true)]
    [Range(1, 65535)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Port { get; set; }

    [Field(3)]
    [Enum("TCP", "UDP", "SCTP")]
    [Default("\"TCP\"")]
    public string? Protocol { get; set; }

    [Field(4, Pointer = true)]
    public string? AppProtocol { get; set; }
}
