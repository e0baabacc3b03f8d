using System.Text.Json.Serialization;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class ServicePort
{
    [Field(1)]
    [NameFormat(NameFormat.DnsLabel)]
    public string? Name { get; set; }

    [Field(2)]
    [Enum("TCP", "UDP", "SCTP")]
    [Default("\"TCP\"")]
    public string? Protocol { get; set; }

    [Field(6, Pointer = true)]
    public string? AppProtocol { get; set; }

    [Field(3, Required = true, Always = true)]
    [Range(1, 65535)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Port { get; set; }

    [Field(4, Always = true)]
    public IntOrString? TargetPort { get; set; }

    [Field(5)]
    [Range(0, 65535)]
    public int NodePort { get; set; }
}
