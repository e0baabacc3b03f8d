using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>Who is at the other end.</summary>
public sealed class NetworkPolicyPeer
{
    /// <summary>Labels of pods, in the namespaces meant or else the policy's own.</summary>
    [Field(1)]
    public LabelSelector? PodSelector { get; set; }

    /// <summary>Labels of namespaces; an empty one means all.</summary>
    [Field(2)]
    public LabelSelector? NamespaceSelector { get; set; }

    /// <summary>A network; excludes the other fields.</summary>
    [Field(3)]
    public IPBlock? IpBlock { get; set; }
}
