using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>
/// One or more containers that run together on a node, share its network address and volumes, and live and die as one.
/// </summary>
[Kind("", "v1", "pods", Namespaced = true, ShortNames = "po", Categories = "all", Subresources = "attach,binding,ephemeralcontainers,eviction,exec,log,portforward,proxy,resize,status")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class Pod : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "Pod";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>What the pod should run, and how.</summary>
    [Field(2, Always = true)]
    public PodSpec? Spec { get; set; }

    /// <summary>How the pod is doing, as its kubelet reports.</summary>
    [Field(3, Always = true)]
    public PodStatus? Status { get; set; }
}
