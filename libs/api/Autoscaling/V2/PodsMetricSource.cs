using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

/// <summary>A metric of each pod.</summary>
public sealed class PodsMetricSource
{
    /// <summary>The metric.</summary>
    [Field(1, Required = true, Always = true)]
    public MetricIdentifier? Metric { get; set; }

    /// <summary>The target.</summary>
    [Field(2, Required = true, Always = true)]
    public MetricTarget? Target { get; set; }
}
