using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Autoscaling.V1;

public sealed class ContainerResourceMetricStatus
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2)]
    public int? CurrentAverageUtilization { get; set; }

    [Field(3, Required = true, Always = true)]
    public Quantity? CurrentAverageValue { get; set; }

    [Field(4, Required = true, Always = true)]
    public string? Container { get; set; }
}
