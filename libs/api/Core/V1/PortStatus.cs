using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>State of a port of a load balancer.</summary>
public sealed class PortStatus
{
    /// <summary>Number of the port.</summary>
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Port { get; set; }

    /// <summary>Its protocol.</summary>
    [Field(2, Required = true, Always = true)]
    [Enum("SCTP", "TCP", "UDP")]
    public string? Protocol { get; set; }

    /// <summary>What is wrong with it, as one CamelCase word.</summary>
    [Field(3, Pointer = true)]
    public string? Error { get; set; }
}
