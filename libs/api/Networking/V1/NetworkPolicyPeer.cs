using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class NetworkPolicyPeer
{
    [Field(1)]
    public LabelSelector? PodSelector { get; set; }

    [Field(2)]
    public LabelSelector? NamespaceSelector { get; set; }

    [Field(3)]
    public IPBlock? IpBlock { get; set; }
}
