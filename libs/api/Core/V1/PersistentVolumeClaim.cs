using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A user's claim on storage, met by binding a persistent volume to it.</summary>
[Kind("", "v1", "persistentvolumeclaims", Namespaced = true, ShortNames = "pvc", Subresources = "status")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class PersistentVolumeClaim : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "PersistentVolumeClaim";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>What is wanted.</summary>
    [Field(2, Always = true)]
    public PersistentVolumeClaimSpec? Spec { get; set; }

    /// <summary>What was observed last; written by the system, not by users.</summary>
    [Field(3, Always = true)]
    public PersistentVolumeClaimStatus? Status { get; set; }
}
