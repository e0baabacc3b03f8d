using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace Kube.ApiServer.Storage.Etcd;

/// <summary>Where the store is, how its members are trusted, and how long they are waited for.</summary>
public sealed record EtcdStorageOptions
{
    /// <summary>Client addresses of the members.</summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>The CA of the members' certificates; null for addresses without TLS.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>This client's certificate with its key.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>A member that has not answered a read of one key for so long is left for the next.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The same for a page of a list.</summary>
    public TimeSpan ListTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The same for a write, which an election may hold up.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>All members failing for so long is an error.</summary>
    public TimeSpan OverallTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A connection whose ping is unanswered for so long is closed, and its streams with it.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a connection with calls on it is pinged: etcd closes connections that ping more often than every 5 s.</summary>
    public TimeSpan PingPeriod { get; init; } = TimeSpan.FromSeconds(6);

    internal SocketsHttpHandler CreateHandler()
    {
        var handler = GrpcChannel.CreateHandler();
        handler.ConnectTimeout = PingTimeout;
        handler.KeepAlivePingDelay = PingPeriod;
        handler.KeepAlivePingTimeout = PingTimeout;
        handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
        handler.InitialHttp2StreamWindowSize = 4 * 1024 * 1024;
        if (ClientCertificate is { } certificate)
        {
            handler.SslOptions.ClientCertificates = [certificate];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        if (Authorities is { } authorities)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, errors) => IsTrusted(presented, authorities, errors);
        }

        return handler;
    }

    private static bool IsTrusted(X509Certificate? presented, X509Certificate2Collection authorities, SslPolicyErrors errors)
    {
        if (presented is not X509Certificate2 certificate || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate);
    }
}
