using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

/// <summary>A metric of each pod.</summary>
public sealed class PodsMetricStatus
{
    /// <summary>The metric.</summary>
    [Field(1, Required = true, Always = true)]
    public MetricIdentifier? Metric { get; set; }

    /// <summary>What it was.</summary>
    [Field(2, Required = true, Always = true)]
    public MetricValueStatus? Current { get; set; }
}
