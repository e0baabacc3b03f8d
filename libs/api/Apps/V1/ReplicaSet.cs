using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

/// <summary>Keeps a number of equal pods running. Usually made by a deployment.</summary>
[Kind("apps", "v1", "replicasets", Namespaced = true, ShortNames = "rs", Categories = "all", Subresources = "scale,status")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class ReplicaSet : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "apps/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "ReplicaSet";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>What is wanted.</summary>
    [Field(2, Always = true)]
    public ReplicaSetSpec? Spec { get; set; }

    /// <summary>What was observed last; written by the system, not by users.</summary>
    [Field(3, Always = true)]
    public ReplicaSetStatus? Status { get; set; }
}
