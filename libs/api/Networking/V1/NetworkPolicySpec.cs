using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class NetworkPolicySpec
{
    [Field(1, Required = true, Always = true)]
    public LabelSelector? PodSelector { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<NetworkPolicyIngressRule>? Ingress { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<NetworkPolicyEgressRule>? Egress { get; set; }

    [Field(4)]
    [ListType(ListKind.Atomic)]
    [Enum("Ingress", "Egress")]
    public List<string>? PolicyTypes { get; set; }
}
