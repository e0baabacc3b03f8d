using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>An object with settings.</summary>
public sealed class IngressClassParametersReference
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

    /// <summary>Cluster or Namespace.</summary>
    [Field(4, Pointer = true)]
    [Default("\"Cluster\"")]
    public string? Scope { get; set; }

    /// <summary>Namespace of the object.</summary>
    [Field(5, Pointer = true)]
    public string? Namespace { get; set; }
}
