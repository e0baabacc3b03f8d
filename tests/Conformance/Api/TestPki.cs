using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kube.Conformance.Tests.Api;

/// <summary>A CA and certificates for one API server, as PEM files in a directory.</summary>
internal sealed class TestPki
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private readonly string _directory;
    private readonly X509Certificate2 _authority;

    public TestPki(string directory)
    {
        _directory = directory;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kubernetes", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(AuthorityFile, _authority.ExportCertificatePem());
        Issue("server", "CN=kube-apiserver", ServerUsage);
        using var accounts = RSA.Create(2048);
        File.WriteAllText(KeyFile("sa"), accounts.ExportPkcs8PrivateKeyPem());
    }

    public string AuthorityFile => Path.Combine(_directory, "ca.crt");

    public string CertificateFile(string name) => Path.Combine(_directory, name + ".crt");

    public string KeyFile(string name) => Path.Combine(_directory, name + ".key");

    /// <summary>A client certificate; organisations are groups.</summary>
    public void IssueClient(string name, string user, params string[] groups) =>
        Issue(name, string.Join(", ", groups.Select(g => "O=" + g).Append("CN=" + user)), ClientUsage);

    /// <summary>A client certificate that was good until some minutes ago.</summary>
    public void IssueExpiredClient(string name, string user) => Issue(name, "CN=" + user, ClientUsage, DateTimeOffset.UtcNow.AddMinutes(-5));

    /// <summary>A kubeconfig that uses a client's certificate.</summary>
    public string Kubeconfig(string name, int port)
    {
        var path = Path.Combine(_directory, name + ".conf");
        File.WriteAllText(path, $$$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: test, cluster: {server: "https://127.0.0.1:{{{port}}}", certificate-authority: {{{AuthorityFile}}} }}]
            users: [{name: test, user: {client-certificate: {{{CertificateFile(name)}}}, client-key: {{{KeyFile(name)}}} }}]
            contexts: [{name: test, context: {cluster: test, user: test}}]
            current-context: test
            """);
        return path;
    }

    private void Issue(string name, string subject, string usage, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(_authority, DateTimeOffset.UtcNow.AddMinutes(-30), until ?? DateTimeOffset.UtcNow.AddHours(12), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(CertificateFile(name), certificate.ExportCertificatePem());
        File.WriteAllText(KeyFile(name), key.ExportPkcs8PrivateKeyPem());
    }
}
