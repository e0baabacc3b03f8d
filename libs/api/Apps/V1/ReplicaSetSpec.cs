using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

public sealed class ReplicaSetSpec
{
    [Field(1)]
    [Default("1")]
    [Range(0, 2147483647)]
    public int? Replicas { get; set; }

    [Field(4)]
    [Range(0, 2147483647)]
    public int MinReadySeconds { get; set; }

    [Field(2, Required = true)]
    [Immutable]
    public LabelSelector? Selector { get; set; }

    [Field(3, Always = true)]
    public PodTemplateSpec? Template { get; set; }
}
