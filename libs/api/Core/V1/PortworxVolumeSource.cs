using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A Portworx volume.</summary>
public sealed class PortworxVolumeSource
{
    /// <summary>Identity of the volume.</summary>
    [Field(1, Required = true, Always = true)]
    public string? VolumeID { get; set; }

    /// <summary>File system on it.</summary>
    [Field(2)]
    public string? FsType { get; set; }

    /// <summary>Mounts it read-only.</summary>
    [Field(3)]
    public bool ReadOnly { get; set; }
}
