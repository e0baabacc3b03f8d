using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Names an object of any kind in the same namespace.</summary>
[Atomic]
public sealed class TypedLocalObjectReference
{
    /// <summary>Group of the object; empty for core.</summary>
    [Field(1, Pointer = true)]
    public string? ApiGroup { get; set; }

    /// <summary>Kind of the object.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Kind { get; set; }

    /// <summary>Name of the object.</summary>
    [Field(3, Required = true, Always = true)]
    public string? Name { get; set; }
}
