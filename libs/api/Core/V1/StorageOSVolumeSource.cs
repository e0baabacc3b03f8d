using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A StorageOS volume.</summary>
public sealed class StorageOSVolumeSource
{
    /// <summary>Name of the volume.</summary>
    [Field(1)]
    public string? VolumeName { get; set; }

    /// <summary>Namespace of the volume inside StorageOS.</summary>
    [Field(2)]
    public string? VolumeNamespace { get; set; }

    /// <summary>File system on it.</summary>
    [Field(3)]
    public string? FsType { get; set; }

    /// <summary>Mounts it read-only.</summary>
    [Field(4)]
    public bool ReadOnly { get; set; }

    /// <summary>Secret with the credentials.</summary>
    [Field(5)]
    public LocalObjectReference? SecretRef { get; set; }
}
