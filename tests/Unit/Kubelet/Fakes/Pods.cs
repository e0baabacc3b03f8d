using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Kubelet.PodWorkers;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Tests.Fakes;

/// <summary>Pods and what a runtime says of them, in few words.</summary>
internal static class Pods
{
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static Pod Pod(string policy = "Always", string[]? containers = null, Container[]? init = null) => new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "default", Uid = "u1" },
        Spec = new PodSpec
        {
            RestartPolicy = policy,
            InitContainers = init is null ? null : [.. init],
            Containers = [.. (containers ?? ["a"]).Select(n => new Container { Name = n, Image = "busybox" })],
        },
    };

    public static Container Init(string name) => new() { Name = name, Image = "busybox" };

    public static Container Sidecar(string name) => new() { Name = name, Image = "busybox", RestartPolicy = "Always" };

    public static PodRuntimeStatus Seen(bool ready, params RuntimeContainer[] containers) => new([Sandbox(ready)], containers);

    public static Cri.PodSandboxStatus Sandbox(bool ready, uint attempt = 0) => new()
    {
        Id = "s" + attempt,
        State = ready ? Cri.PodSandboxState.SandboxReady : Cri.PodSandboxState.SandboxNotready,
        Metadata = new Cri.PodSandboxMetadata { Name = "web", Namespace = "default", Uid = "u1", Attempt = attempt },
        Network = new Cri.PodSandboxNetworkStatus { Ip = "10.0.0.7" },
    };

    public static RuntimeContainer Running(string name, string sandbox = "s0", uint attempt = 0) => New(name, sandbox, attempt, Cri.ContainerState.ContainerRunning, 0);

    public static RuntimeContainer Exited(string name, int code, string sandbox = "s0", uint attempt = 0) => New(name, sandbox, attempt, Cri.ContainerState.ContainerExited, code);

    private static RuntimeContainer New(string name, string sandbox, uint attempt, Cri.ContainerState state, int code) => new(sandbox, new Cri.ContainerStatus
    {
        Id = $"{name}-{sandbox}-{attempt}",
        Metadata = new Cri.ContainerMetadata { Name = name, Attempt = attempt },
        State = state,
        ExitCode = code,
        Reason = code == 0 ? "Completed" : "Error",
        Image = new Cri.ImageSpec { Image = "busybox" },
        StartedAt = 1,
        FinishedAt = state == Cri.ContainerState.ContainerExited ? 2 : 0,
    });
}

/// <summary>Answers of probes, set by the test.</summary>
internal sealed class FakeProbes : IProbeResults
{
    public Dictionary<string, bool> Live { get; } = [];

    public Dictionary<string, bool> Ready { get; } = [];

    public Dictionary<string, bool> Started { get; } = [];

    public bool? Liveness(string containerId) => Live.TryGetValue(containerId, out bool value) ? value : null;

    public bool? Readiness(string containerId) => Ready.TryGetValue(containerId, out bool value) ? value : null;

    public bool? Startup(string containerId) => Started.TryGetValue(containerId, out bool value) ? value : null;
}
