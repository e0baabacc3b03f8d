using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

/// <summary>How fast the number of pods may change.</summary>
public sealed class HorizontalPodAutoscalerBehavior
{
    /// <summary>Upwards; by default the greater of 4 pods and double every 15 seconds.</summary>
    [Field(1)]
    public HPAScalingRules? ScaleUp { get; set; }

    /// <summary>Downwards; by default to the minimum after 300 seconds of calm.</summary>
    [Field(2)]
    public HPAScalingRules? ScaleDown { get; set; }
}
