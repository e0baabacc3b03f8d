using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A volume that a CSI driver makes for one pod.</summary>
public sealed class CSIVolumeSource
{
    /// <summary>Name of the driver.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Driver { get; set; }

    /// <summary>Mounts it read-only.</summary>
    [Field(2)]
    public bool? ReadOnly { get; set; }

    /// <summary>File system on it.</summary>
    [Field(3, Pointer = true)]
    public string? FsType { get; set; }

    /// <summary>What the driver wants to know about it.</summary>
    [Field(4)]
    public Dictionary<string, string>? VolumeAttributes { get; set; }

    /// <summary>Secret for mounting it.</summary>
    [Field(5)]
    public LocalObjectReference? NodePublishSecretRef { get; set; }
}
