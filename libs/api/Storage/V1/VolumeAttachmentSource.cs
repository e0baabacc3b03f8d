using Kube.Api.Core.V1;
using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

public sealed class VolumeAttachmentSource
{
    [Field(1, Pointer = true)]
    public string? PersistentVolumeName { get; set; }

    [Field(2)]
    public PersistentVolumeSpec? InlineVolumeSpec { get; set; }
}
