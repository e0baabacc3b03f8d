using System.Security.Cryptography.X509Certificates;

namespace Kube.Client.Rest;

/// <summary>Where the API server is and who is asking.</summary>
public sealed record KubeClientOptions
{
    /// <summary>Base address, such as https://127.0.0.1:6443.</summary>
    public required Uri Server { get; init; }

    /// <summary>Authorities that may have signed the server's certificate; the system's when null.</summary>
    public X509Certificate2Collection? CertificateAuthority { get; init; }

    /// <summary>Own certificate with its key, first, and its intermediates after it.</summary>
    public X509Certificate2Collection? ClientCertificates { get; init; }

    /// <summary>Asked for a bearer token before each request; null for none.</summary>
    public Func<string?>? TokenSource { get; init; }

    /// <summary>Whom to act as (Impersonate-User); null for whoever the credentials name.</summary>
    public string? ImpersonatedUser { get; init; }

    /// <summary>
    /// The group of <see cref="ImpersonatedUser"/> (Impersonate-Group); the server adds system:authenticated. One only: .NET's HTTP client
    /// sends several values of a header as one, which would be the name of another group.
    /// </summary>
    public string? ImpersonatedGroup { get; init; }

    /// <summary>Accept any server certificate.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>Name to check the server's certificate against when it is not the address's host.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Namespace of the kubeconfig's context.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>User-Agent of each request; the default field manager follows from it.</summary>
    public string UserAgent { get; init; } = "kube";

    /// <summary>Requests a second that this client allows itself; 0 for no limit. Watches count when they begin.</summary>
    public double Qps { get; init; }

    /// <summary>How many requests may go at once before <see cref="Qps"/> bites.</summary>
    public int Burst { get; init; } = 10;

    /// <summary>Time limit of one request that is not a watch, retries not included.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(32);

    /// <summary>How often a request answered with 429, or with a 5xx and Retry-After, is sent again.</summary>
    public int MaxRetries { get; init; } = 10;

    /// <summary>
    /// Sends the requests in place of a connection of the client's own; for tests and in-process servers. Not
    /// disposed by the client.
    /// </summary>
    public HttpMessageHandler? Handler { get; init; }
}
