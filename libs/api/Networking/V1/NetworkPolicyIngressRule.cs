using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>Traffic that may come in: both ports and from must fit.</summary>
public sealed class NetworkPolicyIngressRule
{
    /// <summary>Ports; absent means all.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<NetworkPolicyPort>? Ports { get; set; }

    /// <summary>Senders; absent means all.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<NetworkPolicyPeer>? From { get; set; }
}
