using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

/// <summary>A metric of an object.</summary>
public sealed class ObjectMetricStatus
{
    /// <summary>The metric.</summary>
    [Field(1, Required = true, Always = true)]
    public MetricIdentifier? Metric { get; set; }

    /// <summary>What it was.</summary>
    [Field(2, Required = true, Always = true)]
    public MetricValueStatus? Current { get; set; }

    /// <summary>The object.</summary>
    [Field(3, Required = true, Always = true)]
    public CrossVersionObjectReference? DescribedObject { get; set; }
}
