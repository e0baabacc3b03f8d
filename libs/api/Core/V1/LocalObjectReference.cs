using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Names an object in the same namespace.</summary>
[Atomic]
public sealed class LocalObjectReference
{
    /// <summary>Name of the object.</summary>
    [Field(1)]
    [Default("\"\"")]
    public string? Name { get; set; }
}
