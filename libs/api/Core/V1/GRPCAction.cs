using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A gRPC health check.</summary>
public sealed class GRPCAction
{
    /// <summary>Number of the port.</summary>
    [Field(1, Required = true, Always = true)]
    [Range(1, 65535)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Port { get; set; }

    /// <summary>The service asked about in the health request.</summary>
    [Field(2, Pointer = true)]
    [Default("\"\"")]
    public string? Service { get; set; }
}
