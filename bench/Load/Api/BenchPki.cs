using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kube.Load.Api;

/// <summary>A CA of the run's own, with the server's certificate and those of two clients, as files in a directory.</summary>
internal sealed class BenchPki
{
    /// <summary>The group of the user that makes the load; it gets its rights from a role, as users do.</summary>
    public const string Group = "bench";

    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private readonly string _directory;
    private readonly X509Certificate2 _authority;

    public BenchPki(string directory)
    {
        _directory = Directory.CreateDirectory(directory).FullName;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kubernetes", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(FileOf("ca.crt"), _authority.ExportCertificatePem());
        Issue("server", "CN=kube-apiserver", ServerUsage);
        Issue("admin", "O=system:masters, CN=admin", ClientUsage);
        Issue("load", $"O={Group}, CN=load", ClientUsage);
        using var accounts = RSA.Create(2048);
        File.WriteAllText(FileOf("sa.key"), accounts.ExportPkcs8PrivateKeyPem());
    }

    public string FileOf(string name) => Path.Combine(_directory, name);

    /// <summary>TLS as a client that trusts this CA alone; HTTP/2.</summary>
    public SslClientAuthenticationOptions Tls(string client)
    {
        using var ephemeral = X509Certificate2.CreateFromPemFile(FileOf(client + ".crt"), FileOf(client + ".key"));
        return new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            ClientCertificates = [X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null)],
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { _authority },
            },
        };
    }

    private void Issue(string name, string subject, string usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(
            _authority, DateTimeOffset.UtcNow.AddMinutes(-30), DateTimeOffset.UtcNow.AddHours(12), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(FileOf(name + ".crt"), certificate.ExportCertificatePem());
        File.WriteAllText(FileOf(name + ".key"), key.ExportPkcs8PrivateKeyPem());
    }
}
