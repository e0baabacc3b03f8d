using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

/// <summary>What to run on nodes.</summary>
public sealed class DaemonSetSpec
{
    /// <summary>Labels of the pods that belong to it. They must match the template's and cannot be changed.</summary>
    [Field(1, Required = true)]
    [Immutable]
    public LabelSelector? Selector { get; set; }

    /// <summary>What its pods look like; its node selector and affinity say which nodes get one.</summary>
    [Field(2, Required = true, Always = true)]
    public PodTemplateSpec? Template { get; set; }

    /// <summary>How old pods give way to new ones.</summary>
    [Field(3, Always = true)]
    [Default("{}")]
    public DaemonSetUpdateStrategy? UpdateStrategy { get; set; }

    /// <summary>Seconds a new pod must be ready to count as available.</summary>
    [Field(4)]
    [Range(0, 2147483647)]
    public int MinReadySeconds { get; set; }

    /// <summary>How many old revisions are kept to roll back to.</summary>
    [Field(6)]
    [Default("10")]
    public int? RevisionHistoryLimit { get; set; }
}
