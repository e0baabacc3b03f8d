using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

/// <summary>A metric from outside the cluster.</summary>
public sealed class ExternalMetricStatus
{
    /// <summary>The metric.</summary>
    [Field(1, Required = true, Always = true)]
    public MetricIdentifier? Metric { get; set; }

    /// <summary>What it was.</summary>
    [Field(2, Required = true, Always = true)]
    public MetricValueStatus? Current { get; set; }
}
