using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A Ceph RADOS block device.</summary>
public sealed class RBDPersistentVolumeSource
{
    /// <summary>Addresses of the monitors.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Monitors { get; set; }

    /// <summary>Name of the image.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Image { get; set; }

    /// <summary>File system on it.</summary>
    [Field(3)]
    public string? FsType { get; set; }

    /// <summary>Name of the pool.</summary>
    [Field(4)]
    [Default("\"rbd\"")]
    public string? Pool { get; set; }

    /// <summary>Name of the Ceph user.</summary>
    [Field(5)]
    [Default("\"admin\"")]
    public string? User { get; set; }

    /// <summary>Path of the user's key ring.</summary>
    [Field(6)]
    [Default("\"/etc/ceph/keyring\"")]
    public string? Keyring { get; set; }

    /// <summary>Secret with the user's key, in place of the key ring.</summary>
    [Field(7)]
    public SecretReference? SecretRef { get; set; }

    /// <summary>Mounts it read-only.</summary>
    [Field(8)]
    public bool ReadOnly { get; set; }
}
