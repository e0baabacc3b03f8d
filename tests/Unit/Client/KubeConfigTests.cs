using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kube.Client.Config;

namespace Kube.Client.Tests;

public sealed class KubeConfigTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kubeconfig").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Reads_files_relative_to_itself_and_inline_data()
    {
        var (certificate, key) = Issue();
        File.WriteAllText(Path.Combine(_directory, "ca.crt"), certificate);
        var path = Path.Combine(_directory, "config");
        File.WriteAllText(path, $"""
            apiVersion: v1
            kind: Config
            current-context: one
            clusters:
            - name: c
              cluster:
                server: https://10.0.0.1:6443
                certificate-authority: ca.crt
                tls-server-name: api
            users:
            - name: u
              user:
                client-certificate-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(certificate))}
                client-key-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(key))}
            - name: t
              user: {"{"} token: secret {"}"}
            contexts:
            - name: one
              context: {"{"} cluster: c, user: u, namespace: ns {"}"}
            - name: two
              context: {"{"} cluster: c, user: t {"}"}
            """);
        var config = KubeConfig.Load(path);
        var options = config.ToOptions();
        Assert.Equal(("https://10.0.0.1:6443/", "api", "ns"), (options.Server.ToString(), options.TlsServerName, options.Namespace));
        Assert.Equal("CN=client", Assert.Single(options.CertificateAuthority!).Subject);
        Assert.True(options.ClientCertificates![0].HasPrivateKey);
        Assert.Null(options.TokenSource);
        var other = config.ToOptions("two");
        Assert.Equal(("secret", "default"), (other.TokenSource!(), other.Namespace));
    }

    [Fact]
    public void Reads_json_and_a_token_file_anew_each_time()
    {
        var token = Path.Combine(_directory, "token");
        File.WriteAllText(token, "a\n");
        var config = KubeConfig.Parse(
            """{"current-context":"x","clusters":[{"name":"c","cluster":{"server":"http://h"}}],"users":[{"name":"u","user":{"tokenFile":"token"}}],"contexts":[{"name":"x","context":{"cluster":"c","user":"u"}}]}""",
            _directory);
        var source = config.ToOptions().TokenSource!;
        Assert.Equal("a", source());
        File.WriteAllText(token, "b");
        Assert.Equal("b", source());
    }

    [Theory]
    [InlineData("current-context: nope", "context \"nope\" does not exist")]
    [InlineData("current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]", "cluster \"c\" of context \"x\" does not exist")]
    [InlineData("current-context: x\nclusters: [{name: c, cluster: {server: 'https://h'}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]", "user \"u\" of context \"x\" does not exist")]
    [InlineData("current-context: x\nclusters: [{name: c, cluster: {server: nowhere}}]\ncontexts: [{name: x, context: {cluster: c}}]", "invalid server")]
    [InlineData("current-context: x\nclusters: [{name: c, cluster: {server: 'https://h', certificate-authority: missing}}]\ncontexts: [{name: x, context: {cluster: c}}]", "cannot read certificate-authority")]
    [InlineData("current-context: x\nclusters: [{name: c, cluster: {server: 'https://h'}}]\nusers: [{name: u, user: {client-certificate-data: '%%'}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]", "cannot read client-certificate")]
    [InlineData("users: [{name: u, user: {exec: {command: x}}}]", "credential plugins")]
    [InlineData("- a", "not a YAML mapping")]
    [InlineData("a: [", "not YAML")]
    public void Says_what_is_wrong(string yaml, string message)
    {
        var thrown = Assert.Throws<KubeConfigException>(() => KubeConfig.Parse(yaml, _directory).ToOptions());
        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_the_file_that_is_missing() =>
        Assert.Contains("/nowhere/config", Assert.Throws<KubeConfigException>(() => KubeConfig.Load("/nowhere/config")).Message, StringComparison.Ordinal);

    private static (string Certificate, string Key) Issue()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=client", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
