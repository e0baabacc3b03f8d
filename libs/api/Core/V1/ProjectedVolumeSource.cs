using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Several sources in one directory.</summary>
public sealed class ProjectedVolumeSource
{
    /// <summary>The sources.</summary>
    [Field(1, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<VolumeProjection>? Sources { get; set; }

    /// <summary>Permission bits of the files.</summary>
    [Field(2)]
    [Default("420")]
    [Range(0, 511)]
    public int? DefaultMode { get; set; }
}
