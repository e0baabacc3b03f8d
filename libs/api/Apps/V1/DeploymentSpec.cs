using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

/// <summary>What pods, how many, and how to change them.</summary>
public sealed class DeploymentSpec
{
    /// <summary>How many pods there should be.</summary>
    [Field(1)]
    [Default("1")]
    [Range(0, 2147483647)]
    public int? Replicas { get; set; }

    /// <summary>Labels of the pods that belong to it. They must match the template's and cannot be changed.</summary>
    [Field(2, Required = true)]
    [Immutable]
    public LabelSelector? Selector { get; set; }

    /// <summary>What its pods look like. Its restartPolicy must be Always.</summary>
    [Field(3, Required = true, Always = true)]
    public PodTemplateSpec? Template { get; set; }

    /// <summary>How old pods give way to new ones.</summary>
    [Field(4, Always = true)]
    [PatchStrategy("retainKeys")]
    [Default("{}")]
    public DeploymentStrategy? Strategy { get; set; }

    /// <summary>Seconds a new pod must be ready to count as available.</summary>
    [Field(5)]
    [Range(0, 2147483647)]
    public int MinReadySeconds { get; set; }

    /// <summary>How many old replica sets are kept to roll back to.</summary>
    [Field(6)]
    [Default("10")]
    [Range(0, 2147483647)]
    public int? RevisionHistoryLimit { get; set; }

    /// <summary>Holds changes of the template back until unset.</summary>
    [Field(7)]
    public bool Paused { get; set; }

    /// <summary>Seconds without progress after which a change is reported as stuck.</summary>
    [Field(9)]
    [Default("600")]
    [Range(0, 2147483647)]
    public int? ProgressDeadlineSeconds { get; set; }
}
