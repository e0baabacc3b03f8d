using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

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
    [ListType(ListKind.Atomic)]
    public List<MetricSpec>? Metrics { get; set; }

    [Field(5)]
    public HorizontalPodAutoscalerBehavior? Behavior { get; set; }
}
