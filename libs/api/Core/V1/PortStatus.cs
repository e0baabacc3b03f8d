using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PortStatus
{
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Port { get; set; }

    [Field(2, Required = true, Always = true)]
    [Enum("TCP", "UDP", "SCTP")]
    public string? Protocol { get; set; }

    [Field(3, Pointer = true)]
    public string? Error { get; set; }
}
