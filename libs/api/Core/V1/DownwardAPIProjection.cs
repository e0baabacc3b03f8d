using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class DownwardAPIProjection
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<DownwardAPIVolumeFile>? Items { get; set; }
}
