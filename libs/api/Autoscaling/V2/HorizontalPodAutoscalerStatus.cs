using System.Text.Json.Serialization;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Autoscaling.V2;

public sealed class HorizontalPodAutoscalerStatus
{
    [Field(1)]
    public long? ObservedGeneration { get; set; }

    [Field(2)]
    public Time? LastScaleTime { get; set; }

    [Field(3)]
    public int CurrentReplicas { get; set; }

    [Field(4, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int DesiredReplicas { get; set; }

    [Field(5, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<MetricStatus>? CurrentMetrics { get; set; }

    [Field(6)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<HorizontalPodAutoscalerCondition>? Conditions { get; set; }
}
