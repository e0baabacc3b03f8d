using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class Preconditions
{
    [Field(1, Pointer = true)]
    public string? Uid { get; set; }
}
