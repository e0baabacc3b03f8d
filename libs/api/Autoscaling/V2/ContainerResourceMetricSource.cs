using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

public sealed class ContainerResourceMetricSource
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2, Required = true, Always = true)]
    public MetricTarget? Target { get; set; }

    [Field(3, Required = true, Always = true)]
    public string? Container { get; set; }
}
