using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

public sealed class ResourceMetricStatus
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2, Required = true, Always = true)]
    public MetricValueStatus? Current { get; set; }
}
