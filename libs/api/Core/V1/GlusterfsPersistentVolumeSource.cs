using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A GlusterFS volume.</summary>
public sealed class GlusterfsPersistentVolumeSource
{
    /// <summary>Name of the endpoints object with the servers.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Endpoints { get; set; }

    /// <summary>Name of the volume.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Path { get; set; }

    /// <summary>Mounts it read-only.</summary>
    [Field(3)]
    public bool ReadOnly { get; set; }

    /// <summary>Namespace of the endpoints object.</summary>
    [Field(4, Pointer = true)]
    public string? EndpointsNamespace { get; set; }
}
