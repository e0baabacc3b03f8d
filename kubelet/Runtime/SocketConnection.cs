using System.Net;
using System.Net.Sockets;

namespace Kube.Kubelet.Runtime;

/// <summary>A forwarded connection that is a socket of the kubelet's own.</summary>
internal sealed class SocketConnection : IForwardedConnection
{
    private readonly Socket _socket;

    private SocketConnection(Socket socket)
    {
        _socket = socket;
        Stream = new NetworkStream(socket, ownsSocket: true);
    }

    public Stream Stream { get; }

    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static async Task<SocketConnection> OpenAsync(IPEndPoint target, CancellationToken cancellation)
    {
        Socket socket = new(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target, cancellation);
            return new SocketConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Task EndWritesAsync(CancellationToken cancellation)
    {
        _socket.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    }

    public Task<string?> FailureAsync(CancellationToken cancellation) => Task.FromResult<string?>(null);

    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
