using Kube.Streams.Remote;

namespace Kube.Kubelet.Runtime;

/// <summary>
/// The streaming side of a container runtime. CRI answers with the address of a streaming server; this is what the kubelet does
/// with it, or what a runtime inside the kubelet does itself. Operations may run at the same time. Failures
/// to begin are <see cref="Grpc.Core.RpcException"/>.
/// </summary>
public interface IContainerStreams
{
    /// <summary>
    /// Runs a command in a container with the session's streams and answers how it ended, after all its output was
    /// written. When the client goes, the command is ended.
    /// </summary>
    Task<RemoteStatus> ExecAsync(string containerId, IReadOnlyList<string> command, bool terminal, RemoteSession session, CancellationToken cancellation);

    /// <summary>Joins a running container's first process until it ends or the client goes.</summary>
    Task<RemoteStatus> AttachAsync(string containerId, bool terminal, RemoteSession session, CancellationToken cancellation);

    /// <summary>Connects to a port of a sandbox.</summary>
    /// <exception cref="IOException">Nobody listens there; the message is for the client.</exception>
    Task<IForwardedConnection> ConnectAsync(string sandboxId, int port, CancellationToken cancellation);
}

/// <summary>A connection to a port of a pod. Disposing closes it.</summary>
public interface IForwardedConnection : IAsyncDisposable
{
    /// <summary>Both ways; reading 0 bytes means that the pod has ended its side.</summary>
    Stream Stream { get; }

    /// <summary>Says that the client sends no more, so that the pod's program sees the end.</summary>
    Task EndWritesAsync(CancellationToken cancellation);

    /// <summary>What the runtime had to say of a failure, once <see cref="Stream"/> has ended; null when nothing.</summary>
    Task<string?> FailureAsync(CancellationToken cancellation);
}
