using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

public sealed class VolumeAttachmentStatus
{
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Attached { get; set; }

    [Field(2)]
    public Dictionary<string, string>? AttachmentMetadata { get; set; }

    [Field(3)]
    public VolumeError? AttachError { get; set; }

    [Field(4)]
    public VolumeError? DetachError { get; set; }
}
