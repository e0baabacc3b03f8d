using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Names an object.</summary>
[Atomic]
public sealed class ObjectReference
{
    /// <summary>Kind of the object.</summary>
    [Field(1)]
    public string? Kind { get; set; }

    /// <summary>Namespace of the object.</summary>
    [Field(2)]
    public string? Namespace { get; set; }

    /// <summary>Name of the object.</summary>
    [Field(3)]
    public string? Name { get; set; }

    /// <summary>Identity of the object.</summary>
    [Field(4)]
    public string? Uid { get; set; }

    /// <summary>Group and version of the object.</summary>
    [Field(5)]
    public string? ApiVersion { get; set; }

    /// <summary>Version of the object.</summary>
    [Field(6)]
    public string? ResourceVersion { get; set; }

    /// <summary>The part meant, such as spec.containers{web}.</summary>
    [Field(7)]
    public string? FieldPath { get; set; }
}
