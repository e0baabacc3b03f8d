using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

/// <summary>Asks for a volume to be attached to a node.</summary>
[Kind("storage.k8s.io", "v1", "volumeattachments", Subresources = "status")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class VolumeAttachment : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "storage.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "VolumeAttachment";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>Which volume and node. It cannot be changed.</summary>
    [Field(2, Required = true, Always = true)]
    [Immutable]
    public VolumeAttachmentSpec? Spec { get; set; }

    /// <summary>What was observed last; written by the system, not by users.</summary>
    [Field(3, Always = true)]
    public VolumeAttachmentStatus? Status { get; set; }
}
