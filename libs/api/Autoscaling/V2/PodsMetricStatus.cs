using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

public sealed class PodsMetricStatus
{
    [Field(1, Required = true, Always = true)]
    public MetricIdentifier? Metric { get; set; }

    [Field(2, Required = true, Always = true)]
    public MetricValueStatus? Current { get; set; }
}
