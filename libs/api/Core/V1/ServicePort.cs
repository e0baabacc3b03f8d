using System.Text.Json.Serialization;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>A port that a service offers.</summary>
public sealed class ServicePort
{
    /// <summary>Name of the port; needed when there is more than one.</summary>
    [Field(1)]
    [NameFormat(NameFormat.DnsLabel)]
    public string? Name { get; set; }

    /// <summary>TCP, UDP or SCTP.</summary>
    [Field(2)]
    [Enum("SCTP", "TCP", "UDP")]
    [Default("\"TCP\"")]
    public string? Protocol { get; set; }

    /// <summary>Protocol spoken over it, such as http or kubernetes.io/h2c.</summary>
    [Field(6, Pointer = true)]
    public string? AppProtocol { get; set; }

    /// <summary>The port at the service's address.</summary>
    [Field(3, Required = true, Always = true)]
    [Range(1, 65535)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Port { get; set; }

    /// <summary>Number or name of the pods' port; the same as port when absent.</summary>
    [Field(4, Always = true)]
    public IntOrString? TargetPort { get; set; }

    /// <summary>The port on every node; given by the server when absent.</summary>
    [Field(5)]
    [Range(0, 65535)]
    public int NodePort { get; set; }
}
