using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Values;
using Kube.Kubelet.Eviction;

namespace Kube.Kubelet.NodeStatus;

/// <summary>What is true of the node at one moment; null reasons mean that all is well.</summary>
internal sealed record NodeObservation
{
    public required DateTimeOffset Now { get; init; }

    /// <summary>Pressures that the node is under: MemoryPressure, DiskPressure, PIDPressure.</summary>
    public IReadOnlySet<string> Pressures { get; init; } = new HashSet<string>();

    /// <summary>Why the node cannot run pods.</summary>
    public IReadOnlyList<string> NotReady { get; init; } = [];

    public IReadOnlyList<ContainerImage> Images { get; init; } = [];

    /// <summary>What the runtime's handlers can do; empty where it does not tell.</summary>
    public IReadOnlyList<NodeRuntimeHandler> Handlers { get; init; } = [];

    /// <summary>Whether the runtime knows supplementalGroupsPolicy; null where it does not tell.</summary>
    public bool? SupplementalGroups { get; init; }
}

/// <summary>What the Node object says that does not change while the kubelet runs.</summary>
internal sealed record NodeDescription
{
    public required string Name { get; init; }

    public required string Address { get; init; }

    public required MachineFacts Machine { get; init; }

    public required IReadOnlyDictionary<string, Quantity> Capacity { get; init; }

    public required IReadOnlyDictionary<string, Quantity> Allocatable { get; init; }

    public required string RuntimeVersion { get; init; }

    public required string KubeletVersion { get; init; }

    public required int Port { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<Taint> Taints { get; init; } = [];
}

/// <summary>Makes the Node object and its status, with Kubernetes' reasons and messages. Pure.</summary>
internal static class NodeObject
{
    public static Dictionary<string, string> Labels(NodeDescription description)
    {
        Dictionary<string, string> labels = new(description.Labels, StringComparer.Ordinal)
        {
            ["kubernetes.io/hostname"] = description.Name,
            ["kubernetes.io/os"] = "linux",
            ["kubernetes.io/arch"] = MachineFacts.Architecture,
            ["beta.kubernetes.io/os"] = "linux",
            ["beta.kubernetes.io/arch"] = MachineFacts.Architecture,
        };
        return labels;
    }

    public static Node New(NodeDescription description, NodeObservation observation) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = description.Name,
            Labels = Labels(description),
            Annotations = new Dictionary<string, string> { ["volumes.kubernetes.io/controller-managed-attach-detach"] = "true" },
        },
        Spec = new NodeSpec { Taints = description.Taints.Count > 0 ? [.. description.Taints] : null },
        Status = Status(description, observation, null),
    };

    /// <summary>The status; conditions keep the time of their last change from <paramref name="previous"/>.</summary>
    public static Kube.Api.Core.V1.NodeStatus Status(NodeDescription description, NodeObservation observation, Kube.Api.Core.V1.NodeStatus? previous) => new()
    {
        Capacity = new Dictionary<string, Quantity>(description.Capacity),
        Allocatable = new Dictionary<string, Quantity>(description.Allocatable),
        Addresses =
        [
            new NodeAddress { Type = "InternalIP", Address = description.Address },
            new NodeAddress { Type = "Hostname", Address = description.Name },
        ],
        DaemonEndpoints = new NodeDaemonEndpoints { KubeletEndpoint = new DaemonEndpoint { Port = description.Port } },
        NodeInfo = new NodeSystemInfo
        {
            MachineID = description.Machine.MachineId,
            SystemUUID = description.Machine.SystemUuid,
            BootID = description.Machine.BootId,
            KernelVersion = description.Machine.KernelVersion,
            OsImage = description.Machine.OsImage,
            ContainerRuntimeVersion = description.RuntimeVersion,
            KubeletVersion = description.KubeletVersion,
            KubeProxyVersion = "",
            OperatingSystem = "linux",
            Architecture = MachineFacts.Architecture,
        },
        Images = observation.Images.Count > 0 ? [.. observation.Images] : null,
        RuntimeHandlers = observation.Handlers.Count > 0 ? [.. observation.Handlers] : null,
        Features = observation.SupplementalGroups is { } known ? new NodeFeatures { SupplementalGroupsPolicy = known } : null,
        Conditions = Conditions(observation, previous?.Conditions),
    };

    private static List<NodeCondition> Conditions(NodeObservation observation, List<NodeCondition>? previous)
    {
        bool memory = observation.Pressures.Contains(EvictionSignals.MemoryPressure);
        bool disk = observation.Pressures.Contains(EvictionSignals.DiskPressure);
        bool processes = observation.Pressures.Contains(EvictionSignals.PidPressure);
        List<NodeCondition> conditions =
        [
            New(EvictionSignals.MemoryPressure, memory, memory ? "KubeletHasInsufficientMemory" : "KubeletHasSufficientMemory", memory ? "kubelet has insufficient memory available" : "kubelet has sufficient memory available"),
            New(EvictionSignals.DiskPressure, disk, disk ? "KubeletHasDiskPressure" : "KubeletHasNoDiskPressure", disk ? "kubelet has disk pressure" : "kubelet has no disk pressure"),
            New(EvictionSignals.PidPressure, processes, processes ? "KubeletHasInsufficientPID" : "KubeletHasSufficientPID", processes ? "kubelet has insufficient PID available" : "kubelet has sufficient PID available"),
            observation.NotReady.Count == 0
                ? New("Ready", true, "KubeletReady", "kubelet is posting ready status")
                : New("Ready", false, "KubeletNotReady", string.Join(", ", observation.NotReady)),
        ];
        foreach (NodeCondition condition in conditions)
        {
            NodeCondition? was = previous?.Find(c => c.Type == condition.Type);
            condition.LastHeartbeatTime = (Time)observation.Now;
            condition.LastTransitionTime = was?.Status == condition.Status && was?.LastTransitionTime is { } time ? time : (Time)observation.Now;
        }

        return [.. conditions, .. (previous ?? []).Where(p => !conditions.Exists(c => c.Type == p.Type))];
    }

    private static NodeCondition New(string type, bool value, string reason, string message) =>
        new() { Type = type, Status = value ? "True" : "False", Reason = reason, Message = message };
}
