using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ContainerPort
{
    [Field(1)]
    [NameFormat(NameFormat.PortName)]
    public string? Name { get; set; }

    [Field(2)]
    [Range(0, 65535)]
    public int HostPort { get; set; }

    [Field(3, Name = "containerPort", Required = true, Always = true)]
    [JsonPropertyName("containerPort")]
    [Range(1, 65535)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int ContainerPortValue { get; set; }

    [Field(4)]
    [Enum("TCP", "UDP", "SCTP")]
    [Default("\"TCP\"")]
    public string? Protocol { get; set; }

    [Field(5)]
    public string? HostIP { get; set; }
}
