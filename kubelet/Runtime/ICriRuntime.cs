using Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Runtime;

/// <summary>
/// A container runtime as the kubelet sees it: the services of CRI v1 (package runtime.v1) with their own messages.
/// Every operation may be called from any thread and at the same time as others. Failures are
/// <see cref="Grpc.Core.RpcException"/> with the status code and text the runtime gave: NotFound for an unknown
/// sandbox or container, Unimplemented for what a runtime does not have, DeadlineExceeded when a time limit passed;
/// an operation that its caller cancels ends with <see cref="OperationCanceledException"/>.
/// Stop and Remove are idempotent: stopping what has stopped and removing what is gone succeed.
/// </summary>
public interface ICriRuntime : IAsyncDisposable
{
    /// <summary>Where the runtime is, as the node reports it (<c>unix:///run/containerd/containerd.sock</c>, <c>process</c>).</summary>
    string Endpoint { get; }

    /// <summary>Whether containers share the node's network and file system, so that ports and paths are the node's own.</summary>
    bool SharesHost { get; }

    Task<VersionResponse> VersionAsync(CancellationToken cancellation);

    Task<StatusResponse> StatusAsync(bool verbose, CancellationToken cancellation);

    /// <summary>Creates and starts a sandbox; when it returns containers can be created in it.</summary>
    Task<string> RunPodSandboxAsync(PodSandboxConfig config, string runtimeHandler, CancellationToken cancellation);

    /// <summary>Stops every container of the sandbox by force and takes its network down.</summary>
    Task StopPodSandboxAsync(string sandboxId, CancellationToken cancellation);

    /// <summary>Removes a sandbox and every container in it, running or not.</summary>
    Task RemovePodSandboxAsync(string sandboxId, CancellationToken cancellation);

    Task<PodSandboxStatusResponse> PodSandboxStatusAsync(string sandboxId, bool verbose, CancellationToken cancellation);

    Task<IReadOnlyList<PodSandbox>> ListPodSandboxAsync(PodSandboxFilter? filter, CancellationToken cancellation);

    Task<string> CreateContainerAsync(string sandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig, CancellationToken cancellation);

    /// <summary>Starts a created container. A command that cannot be executed is an error here, and leaves the container exited.</summary>
    Task StartContainerAsync(string containerId, CancellationToken cancellation);

    /// <summary>Asks the container to end, waits up to <paramref name="timeoutSeconds"/>, then kills it. Returns once it has ended.</summary>
    Task StopContainerAsync(string containerId, long timeoutSeconds, CancellationToken cancellation);

    Task RemoveContainerAsync(string containerId, CancellationToken cancellation);

    Task<IReadOnlyList<Container>> ListContainersAsync(ContainerFilter? filter, CancellationToken cancellation);

    Task<ContainerStatusResponse> ContainerStatusAsync(string containerId, bool verbose, CancellationToken cancellation);

    Task UpdateContainerResourcesAsync(UpdateContainerResourcesRequest request, CancellationToken cancellation);

    /// <summary>Opens the container's log file anew, after the old one was renamed.</summary>
    Task ReopenContainerLogAsync(string containerId, CancellationToken cancellation);

    /// <summary>Runs a command in a running container to its end; <paramref name="timeoutSeconds"/> 0 means no limit.</summary>
    Task<ExecSyncResponse> ExecSyncAsync(string containerId, IReadOnlyList<string> command, long timeoutSeconds, CancellationToken cancellation);

    Task<ExecResponse> ExecAsync(ExecRequest request, CancellationToken cancellation);

    Task<AttachResponse> AttachAsync(AttachRequest request, CancellationToken cancellation);

    Task<PortForwardResponse> PortForwardAsync(PortForwardRequest request, CancellationToken cancellation);

    Task<IReadOnlyList<ContainerStats>> ListContainerStatsAsync(ContainerStatsFilter? filter, CancellationToken cancellation);

    /// <summary>Usage of sandboxes that are ready, with that of their containers; Unimplemented where a runtime counts containers only.</summary>
    Task<IReadOnlyList<PodSandboxStats>> ListPodSandboxStatsAsync(PodSandboxStatsFilter? filter, CancellationToken cancellation);

    Task UpdateRuntimeConfigAsync(RuntimeConfig config, CancellationToken cancellation);

    /// <summary>
    /// Container events as they happen, until cancelled. Events during a gap are lost; a caller lists anew after an
    /// end or an error. A runtime without events throws Unimplemented at the first move.
    /// </summary>
    IAsyncEnumerable<ContainerEventResponse> GetContainerEventsAsync(CancellationToken cancellation);

    Task<IReadOnlyList<Image>> ListImagesAsync(ImageFilter? filter, CancellationToken cancellation);

    /// <summary>The image on the node, or null when it is not there.</summary>
    Task<Image?> ImageStatusAsync(ImageSpec image, CancellationToken cancellation);

    /// <summary>Pulls an image and answers its reference on this node.</summary>
    Task<string> PullImageAsync(ImageSpec image, AuthConfig? auth, PodSandboxConfig? sandboxConfig, CancellationToken cancellation);

    Task RemoveImageAsync(ImageSpec image, CancellationToken cancellation);

    Task<ImageFsInfoResponse> ImageFsInfoAsync(CancellationToken cancellation);
}
