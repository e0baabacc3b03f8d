using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

/// <summary>A metric from outside the cluster.</summary>
public sealed class ExternalMetricSource
{
    /// <summary>The metric.</summary>
    [Field(1, Required = true, Always = true)]
    public MetricIdentifier? Metric { get; set; }

    /// <summary>The target.</summary>
    [Field(2, Required = true, Always = true)]
    public MetricTarget? Target { get; set; }
}
