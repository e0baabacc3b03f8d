using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ServiceSpec
{
    [Field(1)]
    [ListType(ListKind.Map, "port", "protocol")]
    [PatchStrategy("merge", MergeKey = "port")]
    public List<ServicePort>? Ports { get; set; }

    [Field(2)]
    [Atomic]
    public Dictionary<string, string>? Selector { get; set; }

    [Field(3)]
    public string? ClusterIP { get; set; }

    [Field(18)]
    [ListType(ListKind.Atomic)]
    public List<string>? ClusterIPs { get; set; }

    [Field(4)]
    [Enum("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")]
    [Default("\"ClusterIP\"")]
    public string? Type { get; set; }

    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<string>? ExternalIPs { get; set; }

    [Field(7)]
    [Enum("ClientIP", "None")]
    [Default("\"None\"")]
    public string? SessionAffinity { get; set; }

    [Field(8)]
    public string? LoadBalancerIP { get; set; }

    [Field(9)]
    [ListType(ListKind.Atomic)]
    public List<string>? LoadBalancerSourceRanges { get; set; }

    [Field(10)]
    public string? ExternalName { get; set; }

    [Field(11)]
    [Enum("Cluster", "Local")]
    public string? ExternalTrafficPolicy { get; set; }

    [Field(12)]
    public int HealthCheckNodePort { get; set; }

    [Field(13)]
    public bool PublishNotReadyAddresses { get; set; }

    [Field(14)]
    public SessionAffinityConfig? SessionAffinityConfig { get; set; }

    [Field(19)]
    [ListType(ListKind.Atomic)]
    [Enum("IPv4", "IPv6", "")]
    public List<string>? IpFamilies { get; set; }

    [Field(17, Pointer = true)]
    [Enum("SingleStack", "PreferDualStack", "RequireDualStack")]
    public string? IpFamilyPolicy { get; set; }

    [Field(20)]
    public bool? AllocateLoadBalancerNodePorts { get; set; }

    [Field(21, Pointer = true)]
    public string? LoadBalancerClass { get; set; }

    [Field(22, Pointer = true)]
    [Enum("Cluster", "Local")]
    public string? InternalTrafficPolicy { get; set; }

    [Field(23, Pointer = true)]
    public string? TrafficDistribution { get; set; }
}
