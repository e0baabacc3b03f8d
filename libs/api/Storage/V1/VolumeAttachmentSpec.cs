using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

public sealed class VolumeAttachmentSpec
{
    [Field(1, Required = true, Always = true)]
    public string? Attacher { get; set; }

    [Field(2, Required = true, Always = true)]
    public VolumeAttachmentSource? Source { get; set; }

    [Field(3, Required = true, Always = true)]
    public string? NodeName { get; set; }
}
