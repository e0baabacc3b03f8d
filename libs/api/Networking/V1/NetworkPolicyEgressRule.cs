using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class NetworkPolicyEgressRule
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<NetworkPolicyPort>? Ports { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<NetworkPolicyPeer>? To { get; set; }
}
