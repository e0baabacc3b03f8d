using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Bounds what a namespace may use in all.</summary>
[Kind("", "v1", "resourcequotas", Namespaced = true, ShortNames = "quota", Subresources = "status")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class ResourceQuota : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "ResourceQuota";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>The bounds.</summary>
    [Field(2, Always = true)]
    public ResourceQuotaSpec? Spec { get; set; }

    /// <summary>What is used of them.</summary>
    [Field(3, Always = true)]
    public ResourceQuotaStatus? Status { get; set; }
}
