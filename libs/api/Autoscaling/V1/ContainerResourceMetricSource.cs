using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Autoscaling.V1;

public sealed class ContainerResourceMetricSource
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2)]
    public int? TargetAverageUtilization { get; set; }

    [Field(3)]
    public Quantity? TargetAverageValue { get; set; }

    [Field(5, Required = true, Always = true)]
    public string? Container { get; set; }
}
