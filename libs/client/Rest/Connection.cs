using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Kube.Client.Rest;

/// <summary>Connections to the API server: TLS with the cluster's own authorities, dead peers found by ping.</summary>
internal static class Connection
{
    public static SocketsHttpHandler CreateHandler(KubeClientOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        handler.SslOptions = CreateTls(options);
        return handler;
    }

    private static SslClientAuthenticationOptions CreateTls(KubeClientOptions options)
    {
        var tls = new SslClientAuthenticationOptions { TargetHost = options.TlsServerName ?? options.Server.IdnHost };
        if (options.ClientCertificates is { Count: > 0 } own)
        {
            var intermediates = new X509Certificate2Collection(own.Skip(1).ToArray());
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(own[0], intermediates, offline: true);
        }

        if (options.InsecureSkipTlsVerify)
        {
            tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        }
        else if (options.CertificateAuthority is { } authorities)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(authorities);
            tls.CertificateChainPolicy = policy;
        }

        return tls;
    }
}
