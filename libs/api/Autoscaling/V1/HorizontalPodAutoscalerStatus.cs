using System.Text.Json.Serialization;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Autoscaling.V1;

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
    [Field(3, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int CurrentReplicas { get; set; }

    /// <summary>How many pods there should be.</summary>
    [Field(4, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int DesiredReplicas { get; set; }

    /// <summary>How much of the requested processor time pods use on average, in percent.</summary>
    [Field(5)]
    public int? CurrentCPUUtilizationPercentage { get; set; }
}
