using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A volume of an exec-based driver.</summary>
public sealed class FlexVolumeSource
{
    /// <summary>Name of the driver.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Driver { get; set; }

    /// <summary>File system on it.</summary>
    [Field(2)]
    public string? FsType { get; set; }

    /// <summary>Secret handed to the driver.</summary>
    [Field(3)]
    public LocalObjectReference? SecretRef { get; set; }

    /// <summary>Mounts it read-only.</summary>
    [Field(4)]
    public bool ReadOnly { get; set; }

    /// <summary>Options handed to the driver.</summary>
    [Field(5)]
    public Dictionary<string, string>? Options { get; set; }
}
