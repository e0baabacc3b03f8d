using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

[Kind("apps", "v1", "replicasets", Namespaced = true, ShortNames = "rs", Categories = "all", Subresources = "scale,status")]
public sealed class ReplicaSet : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "apps/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "ReplicaSet";

    [Field(1, Always = true)]
    [System.Diagnostics.CodeAnalysis.AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    [Field(2, Always = true)]
    public ReplicaSetSpec? Spec { get; set; }

    [Field(3, Always = true)]
    public ReplicaSetStatus? Status { get; set; }
}
