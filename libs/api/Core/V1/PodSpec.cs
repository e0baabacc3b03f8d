using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class PodSpec
{
    [Field(1)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge,retainKeys", MergeKey = "name")]
    public List<Volume>? Volumes { get; set; }

    [Field(20)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<Container>? InitContainers { get; set; }

    [Field(2, Required = true, Always = true)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<Container>? Containers { get; set; }

    [Field(34)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<EphemeralContainer>? EphemeralContainers { get; set; }

    [Field(3)]
    [Enum("Always", "OnFailure", "Never")]
    [Default("\"Always\"")]
    public string? RestartPolicy { get; set; }

    [Field(4)]
    [Default("30")]
    public long? TerminationGracePeriodSeconds { get; set; }

    [Field(5)]
    [Range(1, 2147483647)]
    public long? ActiveDeadlineSeconds { get; set; }

    [Field(6)]
    [Enum("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")]
    [Default("\"ClusterFirst\"")]
    public string? DnsPolicy { get; set; }

    [Field(7)]
    [Atomic]
    public Dictionary<string, string>? NodeSelector { get; set; }

    [Field(8)]
    [NameFormat(NameFormat.DnsSubdomain)]
    public string? ServiceAccountName { get; set; }

    [Field(9)]
    public string? ServiceAccount { get; set; }

    [Field(21)]
    public bool? AutomountServiceAccountToken { get; set; }

    [Field(10)]
    [NameFormat(NameFormat.DnsSubdomain)]
    public string? NodeName { get; set; }

    [Field(11)]
    public bool HostNetwork { get; set; }

    [Field(12)]
    public bool HostPID { get; set; }

    [Field(13)]
    public bool HostIPC { get; set; }

    [Field(27)]
    public bool? ShareProcessNamespace { get; set; }

    [Field(14)]
    [Default("{}")]
    public PodSecurityContext? SecurityContext { get; set; }

    [Field(15)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<LocalObjectReference>? ImagePullSecrets { get; set; }

    [Field(16)]
    [NameFormat(NameFormat.DnsLabel)]
    public string? Hostname { get; set; }

    [Field(17)]
    [NameFormat(NameFormat.DnsLabel)]
    public string? Subdomain { get; set; }

    [Field(18)]
    public Affinity? Affinity { get; set; }

    [Field(19)]
    [Default("\"default-scheduler\"")]
    public string? SchedulerName { get; set; }

    [Field(22)]
    [ListType(ListKind.Atomic)]
    public List<Toleration>? Tolerations { get; set; }

    [Field(23)]
    [ListType(ListKind.Map, "ip")]
    [PatchStrategy("merge", MergeKey = "ip")]
    public List<HostAlias>? HostAliases { get; set; }

    [Field(24)]
    [NameFormat(NameFormat.DnsSubdomain)]
    public string? PriorityClassName { get; set; }

    [Field(25)]
    public int? Priority { get; set; }

    [Field(26)]
    public PodDNSConfig? DnsConfig { get; set; }

    [Field(28)]
    [ListType(ListKind.Atomic)]
    public List<PodReadinessGate>? ReadinessGates { get; set; }

    [Field(29, Pointer = true)]
    [NameFormat(NameFormat.DnsSubdomain)]
    public string? RuntimeClassName { get; set; }

    [Field(30)]
    [Default("true")]
    public bool? EnableServiceLinks { get; set; }

    [Field(31, Pointer = true)]
    [Enum("PreemptLowerPriority", "Never")]
    public string? PreemptionPolicy { get; set; }

    [Field(32)]
    public Dictionary<string, Quantity>? Overhead { get; set; }

    [Field(33)]
    [ListType(ListKind.Map, "topologyKey", "whenUnsatisfiable")]
    [PatchStrategy("merge", MergeKey = "topologyKey")]
    public List<TopologySpreadConstraint>? TopologySpreadConstraints { get; set; }

    [Field(35)]
    public bool? SetHostnameAsFQDN { get; set; }

    [Field(36)]
    public PodOS? Os { get; set; }

    [Field(37)]
    public bool? HostUsers { get; set; }

    [Field(38)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<PodSchedulingGate>? SchedulingGates { get; set; }

    [Field(39)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge,retainKeys", MergeKey = "name")]
    public List<PodResourceClaim>? ResourceClaims { get; set; }

    [Field(40)]
    public ResourceRequirements? Resources { get; set; }
}
