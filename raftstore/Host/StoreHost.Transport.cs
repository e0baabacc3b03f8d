using System.Security.Cryptography.X509Certificates;
using Kube.Hosting;
using Kube.RaftStore.Transport.Grpc;
using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Host;

public sealed partial class StoreHost
{
    private static GrpcRaftTransport OpenTransport(
        ClusterIdentity identity, PeerTls? tls, ILoggerFactory logs, TimeProvider time)
        => new(
            new GrpcTransportOptions { ClusterId = identity.ClusterId, MemberId = identity.MemberId, Tls = tls },
            time,
            logs.CreateLogger<GrpcRaftTransport>());

    /// <summary>Opens the peer ports. Messages that come before the log has started are lost, as messages may be.</summary>
    private static async Task<PeerListeners> ListenToPeersAsync(
        StoreOptions options, PeerTls? tls, GrpcRaftTransport transport, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var listeners = new PeerListeners();
        foreach (var url in options.ListenPeerUrls)
        {
            var endpoint = ClientListener.EndPointOf(url);
            try
            {
                listeners.Add(await PeerListener.StartAsync(endpoint, tls, transport, logs, cancellationToken).ConfigureAwait(false));
            }
            catch (IOException e)
            {
                await listeners.DisposeAsync().ConfigureAwait(false);
                throw new StartupException($"cannot listen on {endpoint}: {e.GetBaseException().Message}", e);
            }
        }
        return listeners;
    }

    /// <summary>How members prove themselves, null when the peer URLs are plain.</summary>
    /// <exception cref="StartupException">The URLs and the files do not go together.</exception>
    private static PeerTls? PeerTlsOf(StoreOptions options)
    {
        if (options.ListenPeerUrls.Select(static url => url.Scheme).Distinct().Count() != 1)
        {
            throw new StartupException("--listen-peer-urls must be all http or all https");
        }
        var tls = options.Peer;
        if (options.ListenPeerUrls[0].Scheme == Uri.UriSchemeHttp)
        {
            return null;
        }
        if (tls.CertFile is null || tls.KeyFile is null || tls.TrustedCaFile is null)
        {
            throw new StartupException("https peer URLs need --peer-cert-file, --peer-key-file and --peer-trusted-ca-file");
        }
        var allowed = tls.AllowedCommonNames.ToHashSet(StringComparer.Ordinal);
        return new PeerTls
        {
            Certificate = ServingCertificate.Load(tls.CertFile, tls.KeyFile),
            Authorities = ServingCertificate.LoadAuthorities(tls.TrustedCaFile),
            IsAllowed = allowed.Count == 0
                ? null
                : certificate => allowed.Contains(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)),
        };
    }

    private sealed class PeerListeners : IAsyncDisposable
    {
        private readonly List<PeerListener> _listeners = [];

        public void Add(PeerListener listener) => _listeners.Add(listener);

        public async ValueTask DisposeAsync()
        {
            foreach (var listener in _listeners)
            {
                await listener.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
