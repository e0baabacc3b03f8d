using Grpc.Net.Client;

namespace Kube.RaftStore.Transport.Grpc;

/// <summary>A connection to a peer port.</summary>
internal static class PeerChannel
{
    public static GrpcChannel Open(Uri address, PeerTls? tls, TimeSpan connectTimeout, TimeProvider time)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectTimeout = connectTimeout,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            KeepAlivePingDelay = TimeSpan.FromSeconds(5),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
        };
        if (tls is not null)
        {
            handler.SslOptions = tls.ToClientOptions();
        }

        return GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = GrpcTransportOptions.MaxMessageBytes,
            TimeProvider = time,
        });
    }
}
