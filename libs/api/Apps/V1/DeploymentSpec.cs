using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

public sealed class DeploymentSpec
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

    [Field(4, Always = true)]
    [PatchStrategy("retainKeys")]
    [Default("{}")]
    public DeploymentStrategy? Strategy { get; set; }

    [Field(5)]
    [Range(0, 2147483647)]
    public int MinReadySeconds { get; set; }

    [Field(6)]
    [Default("10")]
    [Range(0, 2147483647)]
    public int? RevisionHistoryLimit { get; set; }

    [Field(7)]
    public bool Paused { get; set; }

    [Field(9)]
    [Default("600")]
    [Range(0, 2147483647)]
    public int? ProgressDeadlineSeconds { get; set; }
}
