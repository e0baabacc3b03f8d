using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V1;

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

    /// <summary>How much of the requested processor time pods should use on average, in percent.</summary>
    [Field(4)]
    public int? TargetCPUUtilizationPercentage { get; set; }
}
