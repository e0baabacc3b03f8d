using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class GRPCAction
{
    [Field(1, Required = true, Always = true)]
    [Range(1, 65535)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Port { get; set; }

    [Field(2, Pointer = true)]
    [Default("\"\"")]
    public string? Service { get; set; }
}
