using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Autoscaling.V2;

public sealed class HorizontalPodAutoscalerCondition
{
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Status { get; set; }

    [Field(3, Always = true)]
    public Time? LastTransitionTime { get; set; }

    [Field(4)]
    public string? Reason { get; set; }

    [Field(5)]
    public string? Message { get; set; }
}
