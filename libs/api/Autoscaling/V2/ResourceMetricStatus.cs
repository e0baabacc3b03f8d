using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

/// <summary>A resource of each pod.</summary>
public sealed class ResourceMetricStatus
{
    /// <summary>Name of the resource.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>What it was.</summary>
    [Field(2, Required = true, Always = true)]
    public MetricValueStatus? Current { get; set; }
}
