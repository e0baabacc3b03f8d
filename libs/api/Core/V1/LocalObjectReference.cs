using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

[Atomic]
public sealed class LocalObjectReference
{
    [Field(1)]
    [Default("\"\"")]
    public string? Name { get; set; }
}
