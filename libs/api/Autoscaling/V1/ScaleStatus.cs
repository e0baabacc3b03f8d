using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V1;

public sealed class ScaleStatus
{
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Replicas { get; set; }

    [Field(2)]
    public string? Selector { get; set; }
}
