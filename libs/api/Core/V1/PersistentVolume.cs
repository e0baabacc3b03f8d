using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

[Kind("", "v1", "persistentvolumes", ShortNames = "pv", Subresources = "status")]
public sealed class PersistentVolume : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "PersistentVolume";

    [Field(1, Always = true)]
    [System.Diagnostics.CodeAnalysis.AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    [Field(2, Always = true)]
    public PersistentVolumeSpec? Spec { get; set; }

    [Field(3, Always = true)]
    public PersistentVolumeStatus? Status { get; set; }
}
