using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Where a volume appears in a container.</summary>
public sealed class VolumeMount
{
    /// <summary>The volume's name.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Mounts without the right to write.</summary>
    [Field(2)]
    public bool ReadOnly { get; set; }

    /// <summary>Whether mounts below are made read-only too: Disabled, IfPossible or Enabled.</summary>
    [Field(7, Pointer = true)]
    public string? RecursiveReadOnly { get; set; }

    /// <summary>Path in the container; no colon.</summary>
    [Field(3, Required = true, Always = true)]
    public string? MountPath { get; set; }

    /// <summary>Path in the volume to mount; its root when empty.</summary>
    [Field(4)]
    public string? SubPath { get; set; }

    /// <summary>Whether mounts made on one side show on the other: None, HostToContainer or Bidirectional.</summary>
    [Field(5, Pointer = true)]
    [Enum("Bidirectional", "HostToContainer", "None")]
    public string? MountPropagation { get; set; }

    /// <summary>Like subPath, with $(NAME) standing for environment variables.</summary>
    [Field(6)]
    public string? SubPathExpr { get; set; }
}
