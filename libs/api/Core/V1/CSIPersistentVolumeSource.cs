using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Storage of a CSI driver.</summary>
public sealed class CSIPersistentVolumeSource
{
    /// <summary>Name of the driver.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Driver { get; set; }

    /// <summary>The driver's name for the volume.</summary>
    [Field(2, Required = true, Always = true)]
    public string? VolumeHandle { get; set; }

    /// <summary>Mounts it read-only.</summary>
    [Field(3)]
    public bool ReadOnly { get; set; }

    /// <summary>File system on it.</summary>
    [Field(4)]
    public string? FsType { get; set; }

    /// <summary>What the driver wants to know about it.</summary>
    [Field(5)]
    public Dictionary<string, string>? VolumeAttributes { get; set; }

    /// <summary>Secret for attaching and detaching.</summary>
    [Field(6)]
    public SecretReference? ControllerPublishSecretRef { get; set; }

    /// <summary>Secret for preparing it on a node.</summary>
    [Field(7)]
    public SecretReference? NodeStageSecretRef { get; set; }

    /// <summary>Secret for mounting it into a pod.</summary>
    [Field(8)]
    public SecretReference? NodePublishSecretRef { get; set; }

    /// <summary>Secret for growing it.</summary>
    [Field(9)]
    public SecretReference? ControllerExpandSecretRef { get; set; }

    /// <summary>Secret for growing it on a node.</summary>
    [Field(10)]
    public SecretReference? NodeExpandSecretRef { get; set; }
}
