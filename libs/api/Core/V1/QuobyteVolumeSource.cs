using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A Quobyte volume.</summary>
public sealed class QuobyteVolumeSource
{
    /// <summary>Addresses of the registries.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Registry { get; set; }

    /// <summary>Name of the volume.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Volume { get; set; }

    /// <summary>Mounts it read-only.</summary>
    [Field(3)]
    public bool ReadOnly { get; set; }

    /// <summary>User it is mounted as.</summary>
    [Field(4)]
    public string? User { get; set; }

    /// <summary>Group it is mounted as.</summary>
    [Field(5)]
    public string? Group { get; set; }

    /// <summary>Tenant that owns it.</summary>
    [Field(6)]
    public string? Tenant { get; set; }
}
