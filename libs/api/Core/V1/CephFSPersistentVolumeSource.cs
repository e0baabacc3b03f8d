using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A CephFS file system.</summary>
public sealed class CephFSPersistentVolumeSource
{
    /// <summary>Addresses of the monitors.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Monitors { get; set; }

    /// <summary>Path in the file system.</summary>
    [Field(2)]
    public string? Path { get; set; }

    /// <summary>Name of the Ceph user.</summary>
    [Field(3)]
    public string? User { get; set; }

    /// <summary>Path of the user's key ring.</summary>
    [Field(4)]
    public string? SecretFile { get; set; }

    /// <summary>Secret with the user's key.</summary>
    [Field(5)]
    public SecretReference? SecretRef { get; set; }

    /// <summary>Mounts it read-only.</summary>
    [Field(6)]
    public bool ReadOnly { get; set; }
}
