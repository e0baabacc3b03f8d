using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A ScaleIO volume.</summary>
public sealed class ScaleIOVolumeSource
{
    /// <summary>Address of the gateway.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Gateway { get; set; }

    /// <summary>Name of the system.</summary>
    [Field(2, Required = true, Always = true)]
    public string? System { get; set; }

    /// <summary>Secret with the credentials.</summary>
    [Field(3, Required = true)]
    public LocalObjectReference? SecretRef { get; set; }

    /// <summary>Whether the gateway is reached over TLS.</summary>
    [Field(4)]
    public bool SslEnabled { get; set; }

    /// <summary>Name of the protection domain.</summary>
    [Field(5)]
    public string? ProtectionDomain { get; set; }

    /// <summary>Name of the storage pool.</summary>
    [Field(6)]
    public string? StoragePool { get; set; }

    /// <summary>ThickProvisioned or ThinProvisioned.</summary>
    [Field(7)]
    [Default("\"ThinProvisioned\"")]
    public string? StorageMode { get; set; }

    /// <summary>Name of the volume.</summary>
    [Field(8)]
    public string? VolumeName { get; set; }

    /// <summary>File system on it.</summary>
    [Field(9)]
    [Default("\"xfs\"")]
    public string? FsType { get; set; }

    /// <summary>Mounts it read-only.</summary>
    [Field(10)]
    public bool ReadOnly { get; set; }
}
