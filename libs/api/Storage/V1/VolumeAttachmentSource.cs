using Kube.Api.Core.V1;
using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

/// <summary>A volume: one of the fields.</summary>
public sealed class VolumeAttachmentSource
{
    /// <summary>Name of a persistent volume.</summary>
    [Field(1, Pointer = true)]
    public string? PersistentVolumeName { get; set; }

    /// <summary>The volume itself, for drivers being moved to CSI.</summary>
    [Field(2)]
    public PersistentVolumeSpec? InlineVolumeSpec { get; set; }
}
