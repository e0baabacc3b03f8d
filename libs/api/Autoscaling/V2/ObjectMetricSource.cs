using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

/// <summary>A metric of an object.</summary>
public sealed class ObjectMetricSource
{
    /// <summary>The object.</summary>
    [Field(1, Required = true, Always = true)]
    public CrossVersionObjectReference? DescribedObject { get; set; }

    /// <summary>The target.</summary>
    [Field(2, Required = true, Always = true)]
    public MetricTarget? Target { get; set; }

    /// <summary>The metric.</summary>
    [Field(3, Required = true, Always = true)]
    public MetricIdentifier? Metric { get; set; }
}
