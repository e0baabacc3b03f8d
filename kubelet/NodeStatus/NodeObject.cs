using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Values;

namespace Kube.Kubelet.NodeStatus;

/// <summary>What is true of the node at one moment; null reasons mean that all is well.</summary>
internal sealed record NodeObservation
{
    public required DateTimeOffset Now { get; init; }

    public long AvailableMemoryBytes { get; init; }

    public double FreeDiskFraction { get; init; } = 1;

    public long FreeProcesses { get; init; } = long.MaxValue;

    /// <summary>Why the node cannot run pods.</summary>
    public IReadOnlyList<string> NotReady { get; init; } = [];

    public IReadOnlyList<ContainerImage> Images { get; init; } = [];
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
    /// <summary>Memory below which the node is under pressure, Kubernetes' default eviction threshold.</summary>
    public const long MemoryPressureBytes = 100L * 1024 * 1024;

    /// <summary>Free part of the disk below which the node is under pressure, Kubernetes' default eviction threshold.</summary>
    public const double DiskPressureFraction = 0.10;

    private const long ProcessPressure = 100;

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
        Conditions = Conditions(observation, previous?.Conditions),
    };

    private static List<NodeCondition> Conditions(NodeObservation observation, List<NodeCondition>? previous)
    {
        bool memory = observation.AvailableMemoryBytes < MemoryPressureBytes;
        bool disk = observation.FreeDiskFraction < DiskPressureFraction;
        bool processes = observation.FreeProcesses < ProcessPressure;
        List<NodeCondition> conditions =
        [
            New("MemoryPressure", memory, memory ? "KubeletHasInsufficientMemory" : "KubeletHasSufficientMemory", memory ? "kubelet has insufficient memory available" : "kubelet has sufficient memory available"),
            New("DiskPressure", disk, disk ? "KubeletHasDiskPressure" : "KubeletHasNoDiskPressure", disk ? "kubelet has disk pressure" : "kubelet has no disk pressure"),
            New("PIDPressure", processes, processes ? "KubeletHasInsufficientPID" : "KubeletHasSufficientPID", processes ? "kubelet has insufficient PID available" : "kubelet has sufficient PID available"),
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
