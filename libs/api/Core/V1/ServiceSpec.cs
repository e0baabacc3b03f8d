using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>How a service is reached and which pods are behind it.</summary>
public sealed class ServiceSpec
{
    /// <summary>The ports it offers.</summary>
    [Field(1)]
    [ListType(ListKind.Map, "port", "protocol")]
    [PatchStrategy("merge", MergeKey = "port")]
    public List<ServicePort>? Ports { get; set; }

    /// <summary>Labels of the pods behind it. Without one, someone else writes its endpoints.</summary>
    [Field(2)]
    [Atomic]
    public Dictionary<string, string>? Selector { get; set; }

    /// <summary>
    /// Its address inside the cluster: given by the server when absent; None makes it headless, its name leading straight to
    /// the pods.
    /// </summary>
    [Field(3)]
    public string? ClusterIP { get; set; }

    /// <summary>Its addresses inside the cluster, one of each family; the first equals clusterIP.</summary>
    [Field(18)]
    [ListType(ListKind.Atomic)]
    public List<string>? ClusterIPs { get; set; }

    /// <summary>
    /// ClusterIP, NodePort (a port on every node too), LoadBalancer (an outside load balancer too) or ExternalName (just
    /// another DNS name).
    /// </summary>
    [Field(4)]
    [Enum("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")]
    [Default("\"ClusterIP\"")]
    public string? Type { get; set; }

    /// <summary>Further addresses at which nodes take its traffic; routing them there is up to the administrator.</summary>
    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<string>? ExternalIPs { get; set; }

    /// <summary>ClientIP sends a client to the same pod again; None does not.</summary>
    [Field(7)]
    [Enum("ClientIP", "None")]
    [Default("\"None\"")]
    public string? SessionAffinity { get; set; }

    /// <summary>Address wished for from the load balancer. Outdated.</summary>
    [Field(8)]
    public string? LoadBalancerIP { get; set; }

    /// <summary>Networks that may use the load balancer.</summary>
    [Field(9)]
    [ListType(ListKind.Atomic)]
    public List<string>? LoadBalancerSourceRanges { get; set; }

    /// <summary>The DNS name that an ExternalName service stands for.</summary>
    [Field(10)]
    public string? ExternalName { get; set; }

    /// <summary>
    /// Whether traffic from outside may go on to other nodes: Cluster, or Local, which keeps the client's address.
    /// </summary>
    [Field(11)]
    [Enum("Cluster", "Local")]
    public string? ExternalTrafficPolicy { get; set; }

    /// <summary>Port at which nodes tell load balancers whether they have pods; only with Local.</summary>
    [Field(12)]
    public int HealthCheckNodePort { get; set; }

    /// <summary>Treats pods as ready that are not, as peers that must find each other want.</summary>
    [Field(13)]
    public bool PublishNotReadyAddresses { get; set; }

    /// <summary>Details of the session affinity.</summary>
    [Field(14)]
    public SessionAffinityConfig? SessionAffinityConfig { get; set; }

    /// <summary>IPv4, IPv6 or both, in order of preference.</summary>
    [Field(19)]
    [ListType(ListKind.Atomic)]
    [Enum("", "IPv4", "IPv6")]
    public List<string>? IpFamilies { get; set; }

    /// <summary>SingleStack, PreferDualStack or RequireDualStack.</summary>
    [Field(17, Pointer = true)]
    [Enum("PreferDualStack", "RequireDualStack", "SingleStack")]
    public string? IpFamilyPolicy { get; set; }

    /// <summary>Whether a load balancer's service gets node ports.</summary>
    [Field(20)]
    public bool? AllocateLoadBalancerNodePorts { get; set; }

    /// <summary>Which load balancer implementation takes care of it.</summary>
    [Field(21, Pointer = true)]
    public string? LoadBalancerClass { get; set; }

    /// <summary>Whether traffic from inside may go to other nodes: Cluster or Local.</summary>
    [Field(22, Pointer = true)]
    [Enum("Cluster", "Local")]
    public string? InternalTrafficPolicy { get; set; }

    /// <summary>A wish about where traffic goes; PreferClose keeps it near.</summary>
    [Field(23, Pointer = true)]
    public string? TrafficDistribution { get; set; }
}
