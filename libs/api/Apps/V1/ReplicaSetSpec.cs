using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

/// <summary>How many pods of what kind.</summary>
public sealed class ReplicaSetSpec
{
    /// <summary>How many pods there should be.</summary>
    [Field(1)]
    [Default("1")]
    [Range(0, 2147483647)]
    public int? Replicas { get; set; }

    /// <summary>Seconds a new pod must be ready to count as available.</summary>
    [Field(4)]
    [Range(0, 2147483647)]
    public int MinReadySeconds { get; set; }

    /// <summary>Labels of the pods that belong to it. They must match the template's and cannot be changed.</summary>
    [Field(2, Required = true)]
    [Immutable]
    public LabelSelector? Selector { get; set; }

    /// <summary>What its pods look like.</summary>
    [Field(3, Always = true)]
    public PodTemplateSpec? Template { get; set; }
}
