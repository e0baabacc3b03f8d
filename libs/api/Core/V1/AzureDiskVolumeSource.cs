using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>An Azure disk.</summary>
public sealed class AzureDiskVolumeSource
{
    /// <summary>Name of the disk.</summary>
    [Field(1, Required = true, Always = true)]
    public string? DiskName { get; set; }

    /// <summary>Address of the disk.</summary>
    [Field(2, Required = true, Always = true)]
    public string? DiskURI { get; set; }

    /// <summary>None, ReadOnly or ReadWrite.</summary>
    [Field(3, Pointer = true)]
    [Enum("None", "ReadOnly", "ReadWrite")]
    [Default("\"ReadWrite\"")]
    public string? CachingMode { get; set; }

    /// <summary>File system on it.</summary>
    [Field(4, Pointer = true)]
    [Default("\"ext4\"")]
    public string? FsType { get; set; }

    /// <summary>Mounts it read-only.</summary>
    [Field(5)]
    [Default("false")]
    public bool? ReadOnly { get; set; }

    /// <summary>Shared, Dedicated or Managed.</summary>
    [Field(6, Pointer = true)]
    [Enum("Dedicated", "Managed", "Shared")]
    [Default("\"Shared\"")]
    public string? Kind { get; set; }
}
