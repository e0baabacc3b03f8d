using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A vSphere disk.</summary>
public sealed class VsphereVirtualDiskVolumeSource
{
    /// <summary>Path of the disk.</summary>
    [Field(1, Required = true, Always = true)]
    public string? VolumePath { get; set; }

    /// <summary>File system on it.</summary>
    [Field(2)]
    public string? FsType { get; set; }

    /// <summary>Name of the storage policy.</summary>
    [Field(3)]
    public string? StoragePolicyName { get; set; }

    /// <summary>Identity of the storage policy.</summary>
    [Field(4)]
    public string? StoragePolicyID { get; set; }
}
