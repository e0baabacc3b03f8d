using System.Net.Sockets;
using Grpc.Net.Client;

namespace Kube.Rpc;

/// <summary>
/// HTTP over a unix socket: <c>GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler =
/// UnixSocketConnector.CreateHandler(path), DisposeHttpClient = true })</c>. The host of the address goes into
/// <c>:authority</c> and is not looked up.
/// </summary>
public static class UnixSocketConnector
{
    /// <summary>A handler whose connections all go to the socket at <paramref name="path"/>.</summary>
    public static SocketsHttpHandler CreateHandler(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var handler = GrpcChannel.CreateHandler();
        handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(path, cancellationToken);
        return handler;
    }

    /// <summary>A channel over the socket at <paramref name="path"/>; disposing it closes the connection.</summary>
    public static GrpcChannel CreateChannel(string path, GrpcChannelOptions? options = null)
    {
        options ??= new GrpcChannelOptions();
        options.HttpHandler = CreateHandler(path);
        options.DisposeHttpClient = true;
        return GrpcChannel.ForAddress("http://localhost", options);
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
