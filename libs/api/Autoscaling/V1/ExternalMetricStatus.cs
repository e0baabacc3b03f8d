using Kube.Api.Meta.V1;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Autoscaling.V1;

public sealed class ExternalMetricStatus
{
    [Field(1, Required = true, Always = true)]
    public string? MetricName { get; set; }

    [Field(2)]
    public LabelSelector? MetricSelector { get; set; }

    [Field(3, Required = true, Always = true)]
    public Quantity? CurrentValue { get; set; }

    [Field(4)]
    public Quantity? CurrentAverageValue { get; set; }
}
