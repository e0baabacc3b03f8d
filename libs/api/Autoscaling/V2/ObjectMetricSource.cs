using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

public sealed class ObjectMetricSource
{
    [Field(1, Required = true, Always = true)]
    public CrossVersionObjectReference? DescribedObject { get; set; }

    [Field(2, Required = true, Always = true)]
    public MetricTarget? Target { get; set; }

    [Field(3, Required = true, Always = true)]
    public MetricIdentifier? Metric { get; set; }
}
