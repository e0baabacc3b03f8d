using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>Which pods and which traffic.</summary>
public sealed class NetworkPolicySpec
{
    /// <summary>Labels of the pods; an empty one means all of the namespace.</summary>
    [Field(1, Required = true, Always = true)]
    public LabelSelector? PodSelector { get; set; }

    /// <summary>Traffic they may take; what no rule allows is dropped.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<NetworkPolicyIngressRule>? Ingress { get; set; }

    /// <summary>Traffic they may send; what no rule allows is dropped.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<NetworkPolicyEgressRule>? Egress { get; set; }

    /// <summary>Which directions are bound: Ingress, Egress or both.</summary>
    [Field(4)]
    [ListType(ListKind.Atomic)]
    [Enum("Egress", "Ingress")]
    public List<string>? PolicyTypes { get; set; }
}
