using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Autoscaling.V1;

public sealed class ResourceMetricSource
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2)]
    public int? TargetAverageUtilization { get; set; }

    [Field(3)]
    public Quantity? TargetAverageValue { get; set; }
}
