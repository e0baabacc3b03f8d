using System.Globalization;
using Kube.Kubelet.Runtime;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>A container as the runtime reports it, with the sandbox it is in.</summary>
internal sealed record RuntimeContainer(string SandboxId, Cri.ContainerStatus Status)
{
    public string Id => Status.Id;

    public string Name => Status.Metadata.Name;

    public bool Running => Status.State == Cri.ContainerState.ContainerRunning;

    public bool Exited => Status.State == Cri.ContainerState.ContainerExited;

    /// <summary>How often the container was started before this time; kept where the runtime keeps it, so that it survives the kubelet.</summary>
    public int RestartCount => Status.Annotations.TryGetValue(KubeletLabels.RestartCount, out string? count)
        && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
        ? value
        : (int)Status.Metadata.Attempt;
}

/// <summary>What a runtime knows of one pod, newest first. A snapshot.</summary>
internal sealed record PodRuntimeStatus(IReadOnlyList<Cri.PodSandboxStatus> Sandboxes, IReadOnlyList<RuntimeContainer> Containers)
{
    public static PodRuntimeStatus Empty { get; } = new([], []);

    public Cri.PodSandboxStatus? Sandbox => Sandboxes.Count > 0 ? Sandboxes[0] : null;

    public bool SandboxReady => Sandbox?.State == Cri.PodSandboxState.SandboxReady;

    /// <summary>Addresses of the newest sandbox while it is ready.</summary>
    public IReadOnlyList<string> Addresses => Sandbox is { State: Cri.PodSandboxState.SandboxReady, Network.Ip.Length: > 0 } sandbox
        ? [sandbox.Network.Ip, .. sandbox.Network.AdditionalIps.Select(a => a.Ip)]
        : [];

    /// <summary>The newest container of that name, or null.</summary>
    public RuntimeContainer? Find(string? name) => Containers.FirstOrDefault(c => c.Name == name);

    /// <summary>The newest container of that name in the newest sandbox, or null.</summary>
    public RuntimeContainer? FindInSandbox(string? name) => Containers.FirstOrDefault(c => c.Name == name && c.SandboxId == Sandbox?.Id);

    /// <summary>Asks the runtime for all it knows of the pod.</summary>
    public static async Task<PodRuntimeStatus> ReadAsync(ICriRuntime runtime, string uid, CancellationToken cancellation)
    {
        Cri.PodSandboxFilter sandboxes = new() { LabelSelector = { [KubeletLabels.PodUid] = uid } };
        Cri.ContainerFilter containers = new() { LabelSelector = { [KubeletLabels.PodUid] = uid } };
        List<Cri.PodSandboxStatus> sandboxStatuses = [];
        foreach (Cri.PodSandbox sandbox in await runtime.ListPodSandboxAsync(sandboxes, cancellation))
        {
            if (await FoundAsync(runtime.PodSandboxStatusAsync(sandbox.Id, false, cancellation)) is { } answer)
            {
                sandboxStatuses.Add(answer.Status);
            }
        }

        List<RuntimeContainer> containerStatuses = [];
        foreach (Cri.Container container in await runtime.ListContainersAsync(containers, cancellation))
        {
            if (await FoundAsync(runtime.ContainerStatusAsync(container.Id, false, cancellation)) is { } answer)
            {
                containerStatuses.Add(new RuntimeContainer(container.PodSandboxId, answer.Status));
            }
        }

        return new PodRuntimeStatus(
            [.. sandboxStatuses.OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Metadata.Attempt)],
            [.. containerStatuses.OrderByDescending(c => c.Status.CreatedAt).ThenByDescending(c => c.Status.Metadata.Attempt)]);
    }

    private static async Task<T?> FoundAsync<T>(Task<T> asked)
        where T : class
    {
        try
        {
            return await asked;
        }
        catch (Grpc.Core.RpcException e) when (e.StatusCode == Grpc.Core.StatusCode.NotFound)
        {
            // Removed between the listing and the question.
            return null;
        }
    }
}
