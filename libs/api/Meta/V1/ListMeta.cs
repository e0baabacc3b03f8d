using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class ListMeta
{
    [Field(1)]
    public string? SelfLink { get; set; }

    [Field(2)]
    public string? ResourceVersion { get; set; }

    [Field(3)]
    public string? Continue { get; set; }

    [Field(4)]
    public long? RemainingItemCount { get; set; }
}
