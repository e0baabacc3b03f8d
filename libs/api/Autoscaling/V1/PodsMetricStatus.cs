using Kube.Api.Meta.V1;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Autoscaling.V1;

public sealed class PodsMetricStatus
{
    [Field(1, Required = true, Always = true)]
    public string? MetricName { get; set; }

    [Field(2, Required = true, Always = true)]
    public Quantity? CurrentAverageValue { get; set; }

    [Field(3)]
    public LabelSelector? Selector { get; set; }
}
