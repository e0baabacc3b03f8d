using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

/// <summary>What is scaled, between which bounds, and by what.</summary>
public sealed class HorizontalPodAutoscalerSpec
{
    /// <summary>What is scaled; it must have a scale subresource.</summary>
    [Field(1, Required = true, Always = true)]
    public CrossVersionObjectReference? ScaleTargetRef { get; set; }

    /// <summary>Fewest pods.</summary>
    [Field(2)]
    [Default("1")]
    public int? MinReplicas { get; set; }

    /// <summary>Most pods.</summary>
    [Field(3, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int MaxReplicas { get; set; }

    /// <summary>By what; the metric that wants most pods wins. Processor use of 80 percent when absent.</summary>
    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<MetricSpec>? Metrics { get; set; }

    /// <summary>How fast the number may change.</summary>
    [Field(5)]
    public HorizontalPodAutoscalerBehavior? Behavior { get; set; }
}
