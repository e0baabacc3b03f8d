using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class Preconditions
{
    [Field(1, Pointer = true)]
    public string? Uid { get; set; }

    [Field(2, Pointer = true)]
    public string? ResourceVersion { get; set; }
}
