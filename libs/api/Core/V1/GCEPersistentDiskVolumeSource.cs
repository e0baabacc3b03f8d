using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A Google Compute Engine disk.</summary>
public sealed class GCEPersistentDiskVolumeSource
{
    /// <summary>Name of the disk.</summary>
    [Field(1, Required = true, Always = true)]
    public string? PdName { get; set; }

    /// <summary>File system on it.</summary>
    [Field(2)]
    public string? FsType { get; set; }

    /// <summary>Number of the partition; 0 for the whole disk.</summary>
    [Field(3)]
    public int Partition { get; set; }

    /// <summary>Mounts it read-only.</summary>
    [Field(4)]
    public bool ReadOnly { get; set; }
}
