using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

public sealed class ObjectMetricStatus
{
    [Field(1, Required = true, Always = true)]
    public MetricIdentifier? Metric { get; set; }

    [Field(2, Required = true, Always = true)]
    public MetricValueStatus? Current { get; set; }

    [Field(3, Required = true, Always = true)]
    public CrossVersionObjectReference? DescribedObject { get; set; }
}
