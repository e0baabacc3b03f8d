using Kube.Api.Core.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>A running container to stop, and why; <see cref="Container"/> is null when the pod no longer has it.</summary>
internal sealed record ContainerToKill(RuntimeContainer Running, Container? Container, string Message, string Reason);

/// <summary>A running container that is to have other resources without being started anew.</summary>
internal sealed record ContainerToUpdate(RuntimeContainer Running, Container Container);

/// <summary>What to do next for a pod. Kills come before starts.</summary>
internal sealed record PodActions
{
    /// <summary>Stop every container and the sandbox.</summary>
    public bool KillPod { get; init; }

    public bool CreateSandbox { get; init; }

    /// <summary>Attempt number of the sandbox to create.</summary>
    public uint Attempt { get; init; }

    public IReadOnlyList<ContainerToKill> ContainersToKill { get; init; } = [];

    /// <summary>Started first, whatever else the pod waits for.</summary>
    public IReadOnlyList<Container> EphemeralContainersToStart { get; init; } = [];

    public IReadOnlyList<Container> InitContainersToStart { get; init; } = [];

    public IReadOnlyList<ContainerToUpdate> ContainersToUpdate { get; init; } = [];

    public IReadOnlyList<Container> ContainersToStart { get; init; } = [];
}

/// <summary>Answers of the probes about one container.</summary>
internal interface IProbeResults
{
    /// <summary>Null while unknown.</summary>
    bool? Liveness(string containerId);

    /// <summary>Null while unknown.</summary>
    bool? Readiness(string containerId);

    /// <summary>Null while unknown.</summary>
    bool? Startup(string containerId);
}
