using System.Text.Json.Serialization;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Autoscaling.V2;

/// <summary>How scaling is going.</summary>
public sealed class HorizontalPodAutoscalerStatus
{
    /// <summary>The metadata.generation its controller last acted on.</summary>
    [Field(1)]
    public long? ObservedGeneration { get; set; }

    /// <summary>Time at which the number of pods was last changed.</summary>
    [Field(2)]
    public Time? LastScaleTime { get; set; }

    /// <summary>How many pods there were last.</summary>
    [Field(3)]
    public int CurrentReplicas { get; set; }

    /// <summary>How many pods there should be.</summary>
    [Field(4, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int DesiredReplicas { get; set; }

    /// <summary>What the metrics were last.</summary>
    [Field(5, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<MetricStatus>? CurrentMetrics { get; set; }

    /// <summary>AbleToScale, ScalingActive and ScalingLimited.</summary>
    [Field(6)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<HorizontalPodAutoscalerCondition>? Conditions { get; set; }
}
