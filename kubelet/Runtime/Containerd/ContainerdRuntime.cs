using Grpc.Core;
using Grpc.Net.Client;
using Kube.Proto.Cri.V1;
using Kube.Rpc;

namespace Kube.Kubelet.Runtime.Containerd;

/// <summary>
/// A container runtime behind a unix socket that speaks CRI v1: containerd, or any other. Every call has a time limit, so
/// that a runtime that hangs is seen as one: two minutes, longer where the call itself waits.
/// </summary>
public sealed class ContainerdRuntime : ICriRuntime
{
    private const int MaxMessageBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan CallLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan SandboxLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan PullLimit = TimeSpan.FromMinutes(60);

    private readonly GrpcChannel _channel;
    private readonly RuntimeService.RuntimeServiceClient _runtime;
    private readonly ImageService.ImageServiceClient _images;
    private readonly TimeProvider _time;

    /// <param name="socketPath">The runtime's socket; it need not be there yet.</param>
    /// <param name="time">Clock for deadlines.</param>
    public ContainerdRuntime(string socketPath, TimeProvider time)
    {
        _time = time;
        Endpoint = "unix://" + socketPath;
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = UnixSocketConnector.CreateHandler(socketPath),
            MaxReceiveMessageSize = MaxMessageBytes,
            MaxSendMessageSize = MaxMessageBytes,
            DisposeHttpClient = true,
            ThrowOperationCanceledOnCancellation = true,
        });
        _runtime = new RuntimeService.RuntimeServiceClient(_channel);
        _images = new ImageService.ImageServiceClient(_channel);
    }

    /// <inheritdoc/>
    public string Endpoint { get; }

    /// <inheritdoc/>
    public bool SharesHost => false;

    /// <inheritdoc/>
    public async Task<VersionResponse> VersionAsync(CancellationToken cancellation) =>
        await _runtime.VersionAsync(new VersionRequest { Version = "0.1.0" }, Call(CallLimit, cancellation));

    /// <inheritdoc/>
    public async Task<StatusResponse> StatusAsync(bool verbose, CancellationToken cancellation) =>
        await _runtime.StatusAsync(new StatusRequest { Verbose = verbose }, Call(CallLimit, cancellation));

    /// <inheritdoc/>
    public async Task<string> RunPodSandboxAsync(PodSandboxConfig config, string runtimeHandler, CancellationToken cancellation)
    {
        RunPodSandboxRequest request = new() { Config = config, RuntimeHandler = runtimeHandler };
        return (await _runtime.RunPodSandboxAsync(request, Call(SandboxLimit, cancellation))).PodSandboxId;
    }

    /// <inheritdoc/>
    public async Task StopPodSandboxAsync(string sandboxId, CancellationToken cancellation) => await GoneIsDoneAsync(
        _runtime.StopPodSandboxAsync(new StopPodSandboxRequest { PodSandboxId = sandboxId }, Call(CallLimit, cancellation)).ResponseAsync);

    /// <inheritdoc/>
    public async Task RemovePodSandboxAsync(string sandboxId, CancellationToken cancellation)
    {
        await StopPodSandboxAsync(sandboxId, cancellation);
        await GoneIsDoneAsync(_runtime.RemovePodSandboxAsync(
            new RemovePodSandboxRequest { PodSandboxId = sandboxId }, Call(CallLimit, cancellation)).ResponseAsync);
    }

    /// <inheritdoc/>
    public async Task<PodSandboxStatusResponse> PodSandboxStatusAsync(string sandboxId, bool verbose, CancellationToken cancellation) =>
        await _runtime.PodSandboxStatusAsync(
            new PodSandboxStatusRequest { PodSandboxId = sandboxId, Verbose = verbose }, Call(CallLimit, cancellation));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PodSandbox>> ListPodSandboxAsync(PodSandboxFilter? filter, CancellationToken cancellation) =>
        (await _runtime.ListPodSandboxAsync(new ListPodSandboxRequest { Filter = filter }, Call(CallLimit, cancellation))).Items;

    /// <inheritdoc/>
    public async Task<string> CreateContainerAsync(
        string sandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig, CancellationToken cancellation)
    {
        CreateContainerRequest request = new() { PodSandboxId = sandboxId, Config = config, SandboxConfig = sandboxConfig };
        return (await _runtime.CreateContainerAsync(request, Call(CallLimit, cancellation))).ContainerId;
    }

    /// <inheritdoc/>
    public async Task StartContainerAsync(string containerId, CancellationToken cancellation) =>
        await _runtime.StartContainerAsync(new StartContainerRequest { ContainerId = containerId }, Call(CallLimit, cancellation));

    /// <inheritdoc/>
    public async Task StopContainerAsync(string containerId, long timeoutSeconds, CancellationToken cancellation) => await GoneIsDoneAsync(
        _runtime.StopContainerAsync(
            new StopContainerRequest { ContainerId = containerId, Timeout = timeoutSeconds },
            Call(CallLimit + TimeSpan.FromSeconds(timeoutSeconds), cancellation)).ResponseAsync);

    /// <inheritdoc/>
    public async Task RemoveContainerAsync(string containerId, CancellationToken cancellation) => await GoneIsDoneAsync(
        _runtime.RemoveContainerAsync(new RemoveContainerRequest { ContainerId = containerId }, Call(CallLimit, cancellation)).ResponseAsync);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Container>> ListContainersAsync(ContainerFilter? filter, CancellationToken cancellation) =>
        (await _runtime.ListContainersAsync(new ListContainersRequest { Filter = filter }, Call(CallLimit, cancellation))).Containers;

    /// <inheritdoc/>
    public async Task<ContainerStatusResponse> ContainerStatusAsync(string containerId, bool verbose, CancellationToken cancellation) =>
        await _runtime.ContainerStatusAsync(
            new ContainerStatusRequest { ContainerId = containerId, Verbose = verbose }, Call(CallLimit, cancellation));

    /// <inheritdoc/>
    public async Task UpdateContainerResourcesAsync(UpdateContainerResourcesRequest request, CancellationToken cancellation) =>
        await _runtime.UpdateContainerResourcesAsync(request, Call(CallLimit, cancellation));

    /// <inheritdoc/>
    public async Task ReopenContainerLogAsync(string containerId, CancellationToken cancellation) =>
        await _runtime.ReopenContainerLogAsync(new ReopenContainerLogRequest { ContainerId = containerId }, Call(CallLimit, cancellation));

    /// <inheritdoc/>
    public async Task<ExecSyncResponse> ExecSyncAsync(
        string containerId, IReadOnlyList<string> command, long timeoutSeconds, CancellationToken cancellation)
    {
        ExecSyncRequest request = new() { ContainerId = containerId, Timeout = timeoutSeconds };
        request.Cmd.Add(command);
        // The runtime's own limit comes first, so that it is the one that ends the command.
        TimeSpan? limit = timeoutSeconds > 0 ? CallLimit + TimeSpan.FromSeconds(timeoutSeconds) : null;
        try
        {
            return await _runtime.ExecSyncAsync(request, Call(limit, cancellation));
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unknown && e.Status.Detail.Contains("exceeded: context deadline exceeded", StringComparison.Ordinal))
        {
            // containerd before 1.7 gives its own time limit no code.
            throw CriError.DeadlineExceeded(e.Status.Detail);
        }
    }

    /// <inheritdoc/>
    public async Task<ExecResponse> ExecAsync(ExecRequest request, CancellationToken cancellation) =>
        await _runtime.ExecAsync(request, Call(CallLimit, cancellation));

    /// <inheritdoc/>
    public async Task<AttachResponse> AttachAsync(AttachRequest request, CancellationToken cancellation) =>
        await _runtime.AttachAsync(request, Call(CallLimit, cancellation));

    /// <inheritdoc/>
    public async Task<PortForwardResponse> PortForwardAsync(PortForwardRequest request, CancellationToken cancellation) =>
        await _runtime.PortForwardAsync(request, Call(CallLimit, cancellation));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ContainerStats>> ListContainerStatsAsync(ContainerStatsFilter? filter, CancellationToken cancellation) =>
        (await _runtime.ListContainerStatsAsync(new ListContainerStatsRequest { Filter = filter }, Call(CallLimit, cancellation))).Stats;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PodSandboxStats>> ListPodSandboxStatsAsync(PodSandboxStatsFilter? filter, CancellationToken cancellation) =>
        (await _runtime.ListPodSandboxStatsAsync(new ListPodSandboxStatsRequest { Filter = filter }, Call(CallLimit, cancellation))).Stats;

    /// <inheritdoc/>
    public async Task UpdateRuntimeConfigAsync(RuntimeConfig config, CancellationToken cancellation) =>
        await _runtime.UpdateRuntimeConfigAsync(new UpdateRuntimeConfigRequest { RuntimeConfig = config }, Call(CallLimit, cancellation));

    /// <inheritdoc/>
    public async IAsyncEnumerable<ContainerEventResponse> GetContainerEventsAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        using AsyncServerStreamingCall<ContainerEventResponse> call = _runtime.GetContainerEvents(new GetEventsRequest(), Call(null, cancellation));
        while (await call.ResponseStream.MoveNext(cancellation))
        {
            yield return call.ResponseStream.Current;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Image>> ListImagesAsync(ImageFilter? filter, CancellationToken cancellation) =>
        (await _images.ListImagesAsync(new ListImagesRequest { Filter = filter }, Call(CallLimit, cancellation))).Images;

    /// <inheritdoc/>
    public async Task<Image?> ImageStatusAsync(ImageSpec image, CancellationToken cancellation) =>
        (await _images.ImageStatusAsync(new ImageStatusRequest { Image = image }, Call(CallLimit, cancellation))).Image;

    /// <inheritdoc/>
    public async Task<string> PullImageAsync(ImageSpec image, AuthConfig? auth, PodSandboxConfig? sandboxConfig, CancellationToken cancellation)
    {
        PullImageRequest request = new() { Image = image, Auth = auth, SandboxConfig = sandboxConfig };
        return (await _images.PullImageAsync(request, Call(PullLimit, cancellation))).ImageRef;
    }

    /// <inheritdoc/>
    public async Task RemoveImageAsync(ImageSpec image, CancellationToken cancellation) =>
        await _images.RemoveImageAsync(new RemoveImageRequest { Image = image }, Call(CallLimit, cancellation));

    /// <inheritdoc/>
    public async Task<ImageFsInfoResponse> ImageFsInfoAsync(CancellationToken cancellation) =>
        await _images.ImageFsInfoAsync(new ImageFsInfoRequest(), Call(CallLimit, cancellation));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _channel.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task GoneIsDoneAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            // What is not there is stopped and removed.
        }
    }

    private CallOptions Call(TimeSpan? limit, CancellationToken cancellation) =>
        new(deadline: limit is { } time ? _time.GetUtcNow().UtcDateTime + time : null, cancellationToken: cancellation);
}
