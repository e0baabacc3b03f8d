using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

/// <summary>Which volume and node.</summary>
public sealed class VolumeAttachmentSpec
{
    /// <summary>The driver that attaches.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Attacher { get; set; }

    /// <summary>The volume.</summary>
    [Field(2, Required = true, Always = true)]
    public VolumeAttachmentSource? Source { get; set; }

    /// <summary>The node.</summary>
    [Field(3, Required = true, Always = true)]
    public string? NodeName { get; set; }
}
