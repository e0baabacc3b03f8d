using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

public sealed class StatefulSetSpec
{
    [Field(1)]
    [Default("1")]
    [Range(0, 2147483647)]
    public int? Replicas { get; set; }

    [Field(2, Required = true)]
    [Immutable]
    public LabelSelector? Selector { get; set; }

    [Field(3, Required = true, Always = true)]
    public PodTemplateSpec? Template { get; set; }

    [Field(4)]
    [ListType(ListKind.Atomic)]
    [Immutable]
    public List<PersistentVolumeClaim>? VolumeClaimTemplates { get; set; }

    [Field(5, Required = true, Always = true)]
    [Immutable]
    public string? ServiceName { get; set; }

    [Field(6)]
    [Enum("OrderedReady", "Parallel")]
    [Default("\"OrderedReady\"")]
    [Immutable]
    public string? PodManagementPolicy { get; set; }

    [Field(7, Always = true)]
    [Default("{}")]
    public StatefulSetUpdateStrategy? UpdateStrategy { get; set; }

    [Field(8)]
    [Default("10")]
    public int? RevisionHistoryLimit { get; set; }

    [Field(9)]
    public int MinReadySeconds { get; set; }

    [Field(10)]
    [Default("{}")]
    public StatefulSetPersistentVolumeClaimRetentionPolicy? PersistentVolumeClaimRetentionPolicy { get; set; }

    [Field(11)]
    public StatefulSetOrdinals? Ordinals { get; set; }
}
