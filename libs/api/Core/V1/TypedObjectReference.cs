using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>An object of any kind, maybe in another namespace.</summary>
public sealed class TypedObjectReference
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

    /// <summary>Namespace of the object; that of the referrer when absent.</summary>
    [Field(4, Pointer = true)]
    public string? Namespace { get; set; }
}
