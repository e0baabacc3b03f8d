using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
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
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [tls.Certificate],
                LocalCertificateSelectionCallback = (_, _, _, _, _) => tls.Certificate,
                RemoteCertificateValidationCallback = (_, certificate, _, errors) => tls.VerifyServer(certificate as X509Certificate2, errors),
            };
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
