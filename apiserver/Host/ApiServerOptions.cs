using System.Net;

namespace Kube.ApiServer.Host;

/// <summary>What kube-apiserver's flags say.</summary>
public sealed record ApiServerOptions
{
    /// <summary>Address and port of HTTPS.</summary>
    public required IPEndPoint Endpoint { get; init; }

    /// <summary>Address that the kubernetes service points to; null takes the bind address.</summary>
    public IPAddress? AdvertiseAddress { get; init; }

    /// <summary>Client addresses of the store's members.</summary>
    public required IReadOnlyList<Uri> EtcdServers { get; init; }

    public string? EtcdCaFile { get; init; }

    public string? EtcdCertFile { get; init; }

    public string? EtcdKeyFile { get; init; }

    /// <summary>The CA of client certificates.</summary>
    public string? ClientCaFile { get; init; }

    public required string TlsCertFile { get; init; }

    public required string TlsPrivateKeyFile { get; init; }

    public string? KubeletCertificateAuthority { get; init; }

    public string? KubeletClientCertificate { get; init; }

    public string? KubeletClientKey { get; init; }

    /// <summary>Public keys that service account tokens are checked with.</summary>
    public IReadOnlyList<string> ServiceAccountKeyFiles { get; init; } = [];

    /// <summary>Private key that service account tokens are signed with.</summary>
    public string? ServiceAccountSigningKeyFile { get; init; }

    public string? ServiceAccountIssuer { get; init; }

    /// <summary>Where the issuer's public keys are published; null for this server itself.</summary>
    public string? ServiceAccountJwksUri { get; init; }

    public IReadOnlyList<string> ApiAudiences { get; init; } = [];

    public string ServiceClusterIpRange { get; init; } = "10.96.0.0/16";

    /// <summary>AlwaysAllow, Node, RBAC, in the order in which they are asked.</summary>
    public IReadOnlyList<string> AuthorizationModes { get; init; } = ["AlwaysAllow"];

    /// <summary>Null for no audit log, "-" for standard output.</summary>
    public string? AuditLogPath { get; init; }

    public bool AnonymousAuth { get; init; } = true;

    public int MaxRequestsInflight { get; init; } = 400;

    public int MaxMutatingRequestsInflight { get; init; } = 200;

    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan EventTtl { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often history older than this is given up; zero for never.</summary>
    public TimeSpan EtcdCompactionInterval { get; init; } = TimeSpan.FromMinutes(5);
}
