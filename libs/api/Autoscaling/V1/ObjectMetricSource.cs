using Kube.Api.Meta.V1;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Autoscaling.V1;

public sealed class ObjectMetricSource
{
    [Field(1, Required = true, Always = true)]
    public CrossVersionObjectReference? Target { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? MetricName { get; set; }

    [Field(3, Required = true, Always = true)]
    public Quantity? TargetValue { get; set; }

    [Field(4)]
    public LabelSelector? Selector { get; set; }

    [Field(5)]
    public Quantity? AverageValue { get; set; }
}
