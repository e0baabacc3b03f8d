using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class NetworkPolicyIngressRule
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<NetworkPolicyPort>? Ports { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<NetworkPolicyPeer>? From { get; set; }
}
