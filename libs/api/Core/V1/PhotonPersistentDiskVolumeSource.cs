using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A Photon disk.</summary>
public sealed class PhotonPersistentDiskVolumeSource
{
    /// <summary>Identity of the disk.</summary>
    [Field(1, Required = true, Always = true)]
    public string? PdID { get; set; }

    /// <summary>File system on it.</summary>
    [Field(2)]
    public string? FsType { get; set; }
}
