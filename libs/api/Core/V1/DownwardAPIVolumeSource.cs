using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class DownwardAPIVolumeSource
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<DownwardAPIVolumeFile>? Items { get; set; }

    [Field(2)]
    [Default("420")]
    [Range(0, 511)]
    public int? DefaultMode { get; set; }
}
