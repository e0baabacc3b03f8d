using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V1;

public sealed class HorizontalPodAutoscalerSpec
{
    [Field(1, Required = true, Always = true)]
    public CrossVersionObjectReference? ScaleTargetRef { get; set; }

    [Field(2)]
    [Default("1")]
    public int? MinReplicas { get; set; }

    [Field(3, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int MaxReplicas { get; set; }

    [Field(4)]
    public int? TargetCPUUtilizationPercentage { get; set; }
}
