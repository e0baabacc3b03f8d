using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

/// <summary>How attaching is going.</summary>
public sealed class VolumeAttachmentStatus
{
    /// <summary>Whether it is attached.</summary>
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Attached { get; set; }

    /// <summary>What the driver says of the attachment.</summary>
    [Field(2)]
    public Dictionary<string, string>? AttachmentMetadata { get; set; }

    /// <summary>What last went wrong in attaching.</summary>
    [Field(3)]
    public VolumeError? AttachError { get; set; }

    /// <summary>What last went wrong in detaching.</summary>
    [Field(4)]
    public VolumeError? DetachError { get; set; }
}
