using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

/// <summary>What pods, how many, and how to change them.</summary>
public sealed class StatefulSetSpec
{
    /// <summary>How many pods there should be.</summary>
    [Field(1)]
    [Default("1")]
    [Range(0, 2147483647)]
    public int? Replicas { get; set; }

    /// <summary>Labels of the pods that belong to it. They must match the template's and cannot be changed.</summary>
    [Field(2, Required = true)]
    public LabelSelector? Selector { get; set; }

    /// <summary>What its pods look like.</summary>
    [Field(3, Required = true, Always = true)]
    public PodTemplateSpec? Template { get; set; }

    /// <summary>Claims made for each pod; they stay with its number.</summary>
    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<PersistentVolumeClaim>? VolumeClaimTemplates { get; set; }

    /// <summary>The headless service that gives the pods their DNS names.</summary>
    [Field(5, Required = true, Always = true)]
    public string? ServiceName { get; set; }

    /// <summary>OrderedReady starts and stops pods one at a time in order; Parallel all at once.</summary>
    [Field(6)]
    [Enum("OrderedReady", "Parallel")]
    [Default("\"OrderedReady\"")]
    public string? PodManagementPolicy { get; set; }

    /// <summary>How old pods give way to new ones.</summary>
    [Field(7, Always = true)]
    [Default("{}")]
    public StatefulSetUpdateStrategy? UpdateStrategy { get; set; }

    /// <summary>How many old revisions are kept to roll back to.</summary>
    [Field(8)]
    [Default("10")]
    public int? RevisionHistoryLimit { get; set; }

    /// <summary>Seconds a new pod must be ready to count as available.</summary>
    [Field(9)]
    public int MinReadySeconds { get; set; }

    /// <summary>What becomes of the claims when pods go.</summary>
    [Field(10)]
    [Default("{}")]
    public StatefulSetPersistentVolumeClaimRetentionPolicy? PersistentVolumeClaimRetentionPolicy { get; set; }

    /// <summary>How pods are numbered.</summary>
    [Field(11)]
    public StatefulSetOrdinals? Ordinals { get; set; }
}
