using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Kube.RaftStore.Transport.Grpc;

/// <summary>How members prove themselves to one another: both sides of every connection show a certificate.</summary>
public sealed record PeerTls
{
    /// <summary>This member's certificate with its key, for both ends of a connection.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>The authorities that members' certificates must come from; no others count.</summary>
    public required X509Certificate2Collection Authorities { get; init; }

    /// <summary>Whether a certificate of these authorities is a member's (--peer-cert-allowed-cn and
    /// --peer-cert-allowed-hostname); null to take every one.</summary>
    public Func<X509Certificate2, bool>? IsAllowed { get; init; }

    /// <summary>Verifies the certificate of a member that is called: chain, name and <see cref="IsAllowed"/>.</summary>
    public bool VerifyServer(X509Certificate2? certificate, SslPolicyErrors errors) =>
        (errors & (SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateNotAvailable)) == 0
        && Verify(certificate, "1.3.6.1.5.5.7.3.1");

    /// <summary>Verifies the certificate of a member that calls.</summary>
    public bool VerifyClient(X509Certificate2? certificate) => Verify(certificate, "1.3.6.1.5.5.7.3.2");

    /// <summary>For the one who calls.</summary>
    internal SslClientAuthenticationOptions ToClientOptions() => new()
    {
        ClientCertificates = [Certificate],
        LocalCertificateSelectionCallback = (_, _, _, _, _) => Certificate,
        RemoteCertificateValidationCallback = (_, certificate, _, errors) => VerifyServer(certificate as X509Certificate2, errors),
    };

    private bool Verify(X509Certificate2? certificate, string usage)
    {
        if (certificate is null)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid(usage));
        return chain.Build(certificate) && (IsAllowed?.Invoke(certificate) ?? true);
    }
}
