using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>What a pod runs and under which conditions.</summary>
public sealed class PodSpec
{
    /// <summary>Storage that the pod's containers can mount.</summary>
    [Field(1)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge,retainKeys", MergeKey = "name")]
    public List<Volume>? Volumes { get; set; }

    /// <summary>
    /// Containers that run to completion, one after the other, before the others start. One with restartPolicy Always keeps
    /// running beside them.
    /// </summary>
    [Field(20)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<Container>? InitContainers { get; set; }

    /// <summary>The containers of the pod: at least one. The list cannot change once the pod exists.</summary>
    [Field(2, Required = true, Always = true)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<Container>? Containers { get; set; }

    /// <summary>
    /// Containers added to a running pod to look into it. They are set through the ephemeralcontainers subresource.
    /// </summary>
    [Field(34)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<EphemeralContainer>? EphemeralContainers { get; set; }

    /// <summary>When the kubelet restarts a container that ended: Always, OnFailure or Never.</summary>
    [Field(3)]
    [Enum("Always", "Never", "OnFailure")]
    [Default("\"Always\"")]
    public string? RestartPolicy { get; set; }

    /// <summary>Seconds the containers get between SIGTERM and SIGKILL when the pod is deleted; 0 kills at once.</summary>
    [Field(4)]
    [Default("30")]
    public long? TerminationGracePeriodSeconds { get; set; }

    /// <summary>Seconds the pod may be active before it is made to fail.</summary>
    [Field(5)]
    [Range(1, 2147483647)]
    public long? ActiveDeadlineSeconds { get; set; }

    /// <summary>
    /// Where the containers' resolver settings come from: ClusterFirst, ClusterFirstWithHostNet, Default (the node's) or None
    /// (dnsConfig alone).
    /// </summary>
    [Field(6)]
    [Enum("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")]
    [Default("\"ClusterFirst\"")]
    public string? DnsPolicy { get; set; }

    /// <summary>Labels that a node must have to run the pod.</summary>
    [Field(7)]
    [Atomic]
    public Dictionary<string, string>? NodeSelector { get; set; }

    /// <summary>The service account the pod acts as.</summary>
    [Field(8)]
    [NameFormat(NameFormat.DnsSubdomain)]
    public string? ServiceAccountName { get; set; }

    /// <summary>The old name of serviceAccountName; both hold the same.</summary>
    [Field(9)]
    public string? ServiceAccount { get; set; }

    /// <summary>Whether the containers get a token of the service account mounted.</summary>
    [Field(21)]
    public bool? AutomountServiceAccountToken { get; set; }

    /// <summary>The node that runs the pod. Normally set by the scheduler; a pod created with it is not scheduled.</summary>
    [Field(10)]
    [NameFormat(NameFormat.DnsSubdomain)]
    public string? NodeName { get; set; }

    /// <summary>Uses the node's network instead of one of the pod's own.</summary>
    [Field(11)]
    public bool HostNetwork { get; set; }

    /// <summary>Uses the node's process identifiers.</summary>
    [Field(12)]
    public bool HostPID { get; set; }

    /// <summary>Uses the node's inter-process communication.</summary>
    [Field(13)]
    public bool HostIPC { get; set; }

    /// <summary>Lets the containers see and signal each other's processes.</summary>
    [Field(27)]
    public bool? ShareProcessNamespace { get; set; }

    /// <summary>Security settings of the pod as a whole; containers can override some.</summary>
    [Field(14)]
    [Default("{}")]
    public PodSecurityContext? SecurityContext { get; set; }

    /// <summary>Secrets in the pod's namespace with registry credentials.</summary>
    [Field(15)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<LocalObjectReference>? ImagePullSecrets { get; set; }

    /// <summary>Host name inside the pod; the pod's name when absent.</summary>
    [Field(16)]
    [NameFormat(NameFormat.DnsLabel)]
    public string? Hostname { get; set; }

    /// <summary>With hostname, gives the pod the domain name hostname.subdomain.namespace.svc and the cluster's domain.</summary>
    [Field(17)]
    [NameFormat(NameFormat.DnsLabel)]
    public string? Subdomain { get; set; }

    /// <summary>Which nodes, and the company of which pods, the pod wants or shuns.</summary>
    [Field(18)]
    public Affinity? Affinity { get; set; }

    /// <summary>The scheduler that places the pod.</summary>
    [Field(19)]
    [Default("\"default-scheduler\"")]
    public string? SchedulerName { get; set; }

    /// <summary>Taints that do not keep the pod off a node.</summary>
    [Field(22)]
    [ListType(ListKind.Atomic)]
    public List<Toleration>? Tolerations { get; set; }

    /// <summary>Lines added to the containers' /etc/hosts.</summary>
    [Field(23)]
    [ListType(ListKind.Map, "ip")]
    [PatchStrategy("merge", MergeKey = "ip")]
    public List<HostAlias>? HostAliases { get; set; }

    /// <summary>The priority class that gives the pod its priority.</summary>
    [Field(24)]
    [NameFormat(NameFormat.DnsSubdomain)]
    public string? PriorityClassName { get; set; }

    /// <summary>The pod's priority, from its class: higher goes first. Set by the server.</summary>
    [Field(25)]
    public int? Priority { get; set; }

    /// <summary>Resolver settings added to those of dnsPolicy.</summary>
    [Field(26)]
    public PodDNSConfig? DnsConfig { get; set; }

    /// <summary>Conditions that must hold, beside the containers being ready, for the pod to be ready.</summary>
    [Field(28)]
    [ListType(ListKind.Atomic)]
    public List<PodReadinessGate>? ReadinessGates { get; set; }

    /// <summary>The runtime class whose handler runs the pod.</summary>
    [Field(29, Pointer = true)]
    [NameFormat(NameFormat.DnsSubdomain)]
    public string? RuntimeClassName { get; set; }

    /// <summary>Whether containers get environment variables for the services of the namespace.</summary>
    [Field(30)]
    public bool? EnableServiceLinks { get; set; }

    /// <summary>Whether the pod may push out pods of lower priority: PreemptLowerPriority or Never.</summary>
    [Field(31, Pointer = true)]
    [Enum("Never", "PreemptLowerPriority")]
    public string? PreemptionPolicy { get; set; }

    /// <summary>Resources the runtime needs for the pod on top of its containers. Set from the runtime class.</summary>
    [Field(32)]
    public Dictionary<string, Quantity>? Overhead { get; set; }

    /// <summary>How the pod and its like are to be spread over zones, nodes or other parts of the cluster.</summary>
    [Field(33)]
    [ListType(ListKind.Map, "topologyKey", "whenUnsatisfiable")]
    [PatchStrategy("merge", MergeKey = "topologyKey")]
    public List<TopologySpreadConstraint>? TopologySpreadConstraints { get; set; }

    /// <summary>Makes the kernel's host name the full domain name.</summary>
    [Field(35)]
    public bool? SetHostnameAsFQDN { get; set; }

    /// <summary>The operating system the pod is for; other fields are checked against it.</summary>
    [Field(36)]
    public PodOS? Os { get; set; }

    /// <summary>False runs the pod in a user namespace, where its root is not the node's.</summary>
    [Field(37)]
    public bool? HostUsers { get; set; }

    /// <summary>Names of those who hold the pod back; the scheduler leaves it alone until the list is empty.</summary>
    [Field(38)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<PodSchedulingGate>? SchedulingGates { get; set; }

    /// <summary>Claims for devices that must be met before the pod starts.</summary>
    [Field(39)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge,retainKeys", MergeKey = "name")]
    public List<PodResourceClaim>? ResourceClaims { get; set; }

    /// <summary>Requests and limits of the pod as a whole.</summary>
    [Field(40)]
    public ResourceRequirements? Resources { get; set; }
}
