using Kube.Api.Meta.V1;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Autoscaling.V1;

public sealed class ExternalMetricSource
{
    [Field(1, Required = true, Always = true)]
    public string? MetricName { get; set; }

    [Field(2)]
    public LabelSelector? MetricSelector { get; set; }

    [Field(3)]
    public Quantity? TargetValue { get; set; }

    [Field(4)]
    public Quantity? TargetAverageValue { get; set; }
}
