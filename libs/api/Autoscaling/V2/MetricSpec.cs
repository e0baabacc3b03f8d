using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

/// <summary>A metric and its target; the field named by type is set.</summary>
public sealed class MetricSpec
{
    /// <summary>Object, Pods, Resource, ContainerResource or External.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    /// <summary>A metric of an object.</summary>
    [Field(2)]
    public ObjectMetricSource? Object { get; set; }

    /// <summary>A metric of each pod, averaged.</summary>
    [Field(3)]
    public PodsMetricSource? Pods { get; set; }

    /// <summary>A resource of each pod, averaged.</summary>
    [Field(4)]
    public ResourceMetricSource? Resource { get; set; }

    /// <summary>A resource of one container of each pod, averaged.</summary>
    [Field(7)]
    public ContainerResourceMetricSource? ContainerResource { get; set; }

    /// <summary>A metric from outside the cluster.</summary>
    [Field(5)]
    public ExternalMetricSource? External { get; set; }
}
