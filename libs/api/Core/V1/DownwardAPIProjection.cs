using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Fields of the pod within a projected volume.</summary>
public sealed class DownwardAPIProjection
{
    /// <summary>The files.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<DownwardAPIVolumeFile>? Items { get; set; }
}
