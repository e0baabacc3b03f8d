using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Fields of the pod as files.</summary>
public sealed class DownwardAPIVolumeSource
{
    /// <summary>The files.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<DownwardAPIVolumeFile>? Items { get; set; }

    /// <summary>Permission bits of the files.</summary>
    [Field(2)]
    [Default("420")]
    [Range(0, 511)]
    public int? DefaultMode { get; set; }
}
