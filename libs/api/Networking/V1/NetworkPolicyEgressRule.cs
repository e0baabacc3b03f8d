using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>Traffic that may go out: both ports and to must fit.</summary>
public sealed class NetworkPolicyEgressRule
{
    /// <summary>Ports; absent means all.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<NetworkPolicyPort>? Ports { get; set; }

    /// <summary>Receivers; absent means all.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<NetworkPolicyPeer>? To { get; set; }
}
