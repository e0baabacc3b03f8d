using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

public sealed class DaemonSetSpec
{
    [Field(1, Required = true)]
    [Immutable]
    public LabelSelector? Selector { get; set; }

    [Field(2, Required = true, Always = true)]
    public PodTemplateSpec? Template { get; set; }

    [Field(3, Always = true)]
    [Default("{}")]
    public DaemonSetUpdateStrategy? UpdateStrategy { get; set; }

    [Field(4)]
    [Range(0, 2147483647)]
    public int MinReadySeconds { get; set; }

    [Field(6)]
    [Default("10")]
    public int? RevisionHistoryLimit { get; set; }
}
