using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A port of a program on a node.</summary>
public sealed class DaemonEndpoint
{
    /// <summary>Number of the port.</summary>
    [Field(1, Name = "Port", Required = true, Always = true)]
    [JsonPropertyName("Port")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Port { get; set; }
}
