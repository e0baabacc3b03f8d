using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

public sealed class MetricSpec
{
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    [Field(2)]
    public ObjectMetricSource? Object { get; set; }

    [Field(3)]
    public PodsMetricSource? Pods { get; set; }

    [Field(4)]
    public ResourceMetricSource? Resource { get; set; }

    [Field(7)]
    public ContainerResourceMetricSource? ContainerResource { get; set; }

    [Field(5)]
    public ExternalMetricSource? External { get; set; }
}
