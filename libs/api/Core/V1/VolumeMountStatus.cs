using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A mount as it was made.</summary>
public sealed class VolumeMountStatus
{
    /// <summary>Name of the volume.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Path in the container.</summary>
    [Field(2, Required = true, Always = true)]
    public string? MountPath { get; set; }

    /// <summary>Whether it is read-only.</summary>
    [Field(3)]
    public bool ReadOnly { get; set; }

    /// <summary>Whether mounts below are read-only too.</summary>
    [Field(4, Pointer = true)]
    public string? RecursiveReadOnly { get; set; }
}
