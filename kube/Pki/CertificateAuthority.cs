using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kube.Pki;

/// <summary>What a certificate is to say.</summary>
/// <param name="CommonName">CN: to the API server, the user's name.</param>
/// <param name="Organizations">O: to the API server, the user's groups.</param>
/// <param name="IsServer">Serves TLS.</param>
/// <param name="IsClient">Authenticates as a client.</param>
/// <param name="DnsNames">Subject alternative DNS names.</param>
/// <param name="Addresses">Subject alternative IP addresses.</param>
internal sealed record CertificateRequestOptions(
    string CommonName,
    IReadOnlyList<string> Organizations,
    bool IsServer,
    bool IsClient,
    IReadOnlyList<string> DnsNames,
    IReadOnlyList<IPAddress> Addresses)
{
    /// <summary>A client's certificate.</summary>
    public static CertificateRequestOptions Client(string commonName, params string[] organizations) =>
        new(commonName, organizations, IsServer: false, IsClient: true, [], []);
}

/// <summary>
/// A certificate authority kept as two PEM files. Keys are ECDSA P-256. What exists is reused, so that a second
/// start of the same home changes no certificate.
/// </summary>
internal sealed class CertificateAuthority
{
    /// <summary>kubeadm's life span of a CA: ten years.</summary>
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3650);

    /// <summary>kubeadm's life span of every other certificate: one year.</summary>
    private static readonly TimeSpan LeafLife = TimeSpan.FromDays(365);

    /// <summary>Certificates are valid from a little before now, for clocks that disagree.</summary>
    private static readonly TimeSpan Backdate = TimeSpan.FromMinutes(5);

    private readonly X509Certificate2 _certificate;
    private readonly TimeProvider _time;

    private CertificateAuthority(X509Certificate2 certificate, TimeProvider time)
    {
        _certificate = certificate;
        _time = time;
    }

    /// <summary>Reads <paramref name="path"/>.crt and .key, or makes and writes them.</summary>
    public static CertificateAuthority LoadOrCreate(string path, string commonName, TimeProvider time)
    {
        if (!File.Exists(path + ".crt"))
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(
                X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.KeyCertSign, true));
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(commonName);
            request.CertificateExtensions.Add(names.Build());
            var now = time.GetUtcNow();
            using var certificate = request.CreateSelfSigned(now - Backdate, now + AuthorityLife);
            PemFiles.Write(path, certificate, key);
        }

        return new CertificateAuthority(X509Certificate2.CreateFromPemFile(path + ".crt", path + ".key"), time);
    }

    /// <summary>Writes <paramref name="path"/>.crt and .key unless they are there already.</summary>
    public void Issue(string path, CertificateRequestOptions options)
    {
        if (File.Exists(path + ".crt") && File.Exists(path + ".key"))
        {
            return;
        }

        var (certificate, key) = Create(options);
        using (certificate)
        using (key)
        {
            PemFiles.Write(path, certificate, key);
        }
    }

    /// <summary>The certificate of the authority in PEM.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>A certificate and key in PEM, written nowhere.</summary>
    public (string Certificate, string Key) IssuePem(CertificateRequestOptions options)
    {
        var (certificate, key) = Create(options);
        using (certificate)
        using (key)
        {
            return (certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
        }
    }

    private (X509Certificate2 Certificate, ECDsa Key) Create(CertificateRequestOptions options)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        foreach (var organization in options.Organizations)
        {
            subject.AddOrganizationName(organization);
        }

        subject.AddCommonName(options.CommonName);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(Usages(options), false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        if (options.DnsNames.Count + options.Addresses.Count > 0)
        {
            request.CertificateExtensions.Add(AlternativeNames(options));
        }

        var now = _time.GetUtcNow();
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;
        return (request.Create(_certificate, now - Backdate, now + LeafLife, serial), key);
    }

    private static OidCollection Usages(CertificateRequestOptions options)
    {
        var usages = new OidCollection();
        if (options.IsServer)
        {
            usages.Add(new Oid(Hosting.ServingCertificate.ServerAuthentication));
        }

        if (options.IsClient)
        {
            usages.Add(new Oid(Hosting.ServingCertificate.ClientAuthentication));
        }

        return usages;
    }

    private static X509Extension AlternativeNames(CertificateRequestOptions options)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in options.DnsNames)
        {
            names.AddDnsName(name);
        }

        foreach (var address in options.Addresses)
        {
            names.AddIpAddress(address);
        }

        return names.Build();
    }
}
