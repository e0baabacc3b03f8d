using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>A path and where it leads.</summary>
public sealed class HTTPIngressPath
{
    /// <summary>The path; it begins with a slash.</summary>
    [Field(1)]
    public string? Path { get; set; }

    /// <summary>Exact, Prefix (by whole parts) or ImplementationSpecific.</summary>
    [Field(3, Required = true, Pointer = true)]
    [Enum("Exact", "ImplementationSpecific", "Prefix")]
    public string? PathType { get; set; }

    /// <summary>Where it leads.</summary>
    [Field(2, Required = true, Always = true)]
    public IngressBackend? Backend { get; set; }
}
