using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ProjectedVolumeSource
{
    [Field(1, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<VolumeProjection>? Sources { get; set; }

    [Field(2)]
    [Default("420")]
    [Range(0, 511)]
    public int? DefaultMode { get; set; }
}
