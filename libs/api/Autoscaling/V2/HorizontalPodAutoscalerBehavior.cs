using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

public sealed class HorizontalPodAutoscalerBehavior
{
    [Field(1)]
    public HPAScalingRules? ScaleUp { get; set; }

    [Field(2)]
    public HPAScalingRules? ScaleDown { get; set; }
}
