using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>Says which traffic some pods may have. Pods that no policy selects may have any.</summary>
[Kind("networking.k8s.io", "v1", "networkpolicies", Namespaced = true, ShortNames = "netpol")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class NetworkPolicy : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "networking.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "NetworkPolicy";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>What is wanted.</summary>
    [Field(2, Always = true)]
    public NetworkPolicySpec? Spec { get; set; }
}
