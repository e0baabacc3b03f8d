using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A port that a container listens on.</summary>
public sealed class ContainerPort
{
    /// <summary>Name of the port, unique in the pod; services can refer to it.</summary>
    [Field(1)]
    [NameFormat(NameFormat.PortName)]
    public string? Name { get; set; }

    /// <summary>Port on the node that leads to the container; with the host's network it equals containerPort.</summary>
    [Field(2)]
    [Range(0, 65535)]
    public int HostPort { get; set; }

    /// <summary>Port inside the pod.</summary>
    [Field(3, Name = "containerPort", Required = true, Always = true)]
    [JsonPropertyName("containerPort")]
    [Range(1, 65535)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int ContainerPortValue { get; set; }

    /// <summary>TCP, UDP or SCTP.</summary>
    [Field(4)]
    [Enum("SCTP", "TCP", "UDP")]
    [Default("\"TCP\"")]
    public string? Protocol { get; set; }

    /// <summary>Address on the node that the host port is bound to.</summary>
    [Field(5)]
    public string? HostIP { get; set; }
}
