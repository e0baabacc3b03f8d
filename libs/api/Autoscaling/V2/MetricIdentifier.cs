using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

public sealed class MetricIdentifier
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2)]
    public LabelSelector? Selector { get; set; }
}
