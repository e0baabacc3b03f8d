using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kube.Robustness.Chaos.Cluster;

/// <summary>One authority, a certificate for each member and one for the clients, as PEM files in a directory.</summary>
internal sealed class ChaosPki : IDisposable
{
    private readonly string _directory;
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _client;
    private readonly DateTimeOffset _from;

    public ChaosPki(string directory, DateTimeOffset now)
    {
        _directory = Directory.CreateDirectory(directory).FullName;

        // Valid for years to both sides, for members whose clock is made to jump.
        _from = now.AddYears(-5);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=chaos", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _authority = request.CreateSelfSigned(_from, now.AddYears(10));
        File.WriteAllText(AuthorityFile, _authority.ExportCertificatePem());
        Issue("client", null);

        // The detour over PKCS#12 is needed for SslStream, which wants a key it can hand to the TLS library.
        using var pem = X509Certificate2.CreateFromPemFile(FilePath("client.crt"), FilePath("client.key"));
        _client = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    public string AuthorityFile => FilePath("ca.crt");

    public string ClientCertificateFile => FilePath("client.crt");

    public string ClientKeyFile => FilePath("client.key");

    /// <summary>Writes NAME.crt and NAME.key, for a server at the address and a client.</summary>
    public (string Certificate, string Key) Issue(string name, string? ip)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_authority, true, false));
        if (ip is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Parse(ip));
            request.CertificateExtensions.Add(names.Build());
        }

        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;
        using var certificate = request.Create(_authority, _from, _authority.NotAfter, serial);
        File.WriteAllText(FilePath(name + ".crt"), certificate.ExportCertificatePem());
        File.WriteAllText(FilePath(name + ".key"), key.ExportPkcs8PrivateKeyPem());
        return (FilePath(name + ".crt"), FilePath(name + ".key"));
    }

    /// <summary>TLS of a client: its certificate, and trust in this authority alone.</summary>
    public SslClientAuthenticationOptions ClientTls() => new()
    {
        ClientCertificates = [_client],
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { _authority },
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };

    public void Dispose()
    {
        _client.Dispose();
        _authority.Dispose();
    }

    private string FilePath(string name) => Path.Combine(_directory, name);
}
