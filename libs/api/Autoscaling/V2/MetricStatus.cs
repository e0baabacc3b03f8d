using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

public sealed class MetricStatus
{
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    [Field(2)]
    public ObjectMetricStatus? Object { get; set; }

    [Field(3)]
    public PodsMetricStatus? Pods { get; set; }

    [Field(4)]
    public ResourceMetricStatus? Resource { get; set; }

    [Field(7)]
    public ContainerResourceMetricStatus? ContainerResource { get; set; }

    [Field(5)]
    public ExternalMetricStatus? External { get; set; }
}
