using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

/// <summary>Names a metric.</summary>
public sealed class MetricIdentifier
{
    /// <summary>Its name.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Labels that narrow it down.</summary>
    [Field(2)]
    public LabelSelector? Selector { get; set; }
}
