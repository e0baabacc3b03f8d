using System.Net;
using Kube.Api.Core.V1;
using Kube.Api.Values;

namespace Kube.Kubelet.PodWorkers;

/// <summary>What the parts of a kubelet know of the node they are on. Does not change while the kubelet runs.</summary>
public sealed record KubeletNode
{
    public required string Name { get; init; }

    public required IPAddress Address { get; init; }

    public required string RootDirectory { get; init; }

    /// <summary>Where pods' logs are: one directory for each pod, in it one for each container.</summary>
    public string LogDirectory => Path.Combine(RootDirectory, "pod-logs");

    /// <summary>Where seccomp profiles of type Localhost lie.</summary>
    public string SeccompDirectory => Path.Combine(RootDirectory, "seccomp");

    /// <summary>Kernel parameters that pods may set beside the safe ones.</summary>
    public IReadOnlyList<string> AllowedUnsafeSysctls { get; init; } = [];

    /// <summary>The longest that a container that keeps ending waits to be started again.</summary>
    public TimeSpan RestartBackOffMax { get; init; } = ContainerBackOff.LongestRestart;

    public required IReadOnlyDictionary<string, Quantity> Allocatable { get; init; }

    public long MemoryBytes { get; init; }

    /// <summary>Whether the machine has cgroups v2 and nothing else.</summary>
    public bool GroupsAreUnified { get; init; }

    /// <summary>Parent of the pods' cgroups; empty leaves it to the runtime.</summary>
    public string CgroupParent { get; init; } = "";

    public IReadOnlyList<string> ClusterDns { get; init; } = [];

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>Name of the runtime as container ids begin with.</summary>
    public string RuntimeName { get; init; } = "process";

    /// <summary>The object that node events are about.</summary>
    public Node Reference => new() { Metadata = new Api.Meta.V1.ObjectMeta { Name = Name, Uid = Name } };
}
