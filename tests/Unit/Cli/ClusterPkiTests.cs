using System.Security.Cryptography.X509Certificates;
using Kube.Cluster;
using Kube.Hosting;
using Kube.Pki;

namespace Kube.Cli.Tests;

public sealed class ClusterPkiTests : IDisposable
{
    private readonly ClusterHome _home = new(Directory.CreateTempSubdirectory("kube-pki-").FullName);
    private readonly ClusterOptions _options = new() { Stores = 3, Nodes = 1, KubeletPorts = [10250], Token = "t" };

    public ClusterPkiTests()
    {
        _home.Create();
        new ClusterPki(_home, _options, TimeProvider.System).Ensure();
    }

    public void Dispose() => Directory.Delete(_home.Path, recursive: true);

    [Theory]
    [InlineData("ca")]
    [InlineData("apiserver")]
    [InlineData("apiserver-kubelet-client")]
    [InlineData("apiserver-etcd-client")]
    [InlineData("front-proxy-ca")]
    [InlineData("front-proxy-client")]
    [InlineData("etcd/ca")]
    [InlineData("etcd/server")]
    [InlineData("etcd/peer")]
    [InlineData("etcd/healthcheck-client")]
    public void The_files_have_kubeadms_names(string name)
    {
        Assert.True(File.Exists(_home.Pki(name + ".crt")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_home.Pki(name + ".key")));
    }

    [Fact]
    public void The_service_account_keys_are_there() => Assert.True(File.Exists(_home.Pki("sa.key")) && File.Exists(_home.Pki("sa.pub")));

    [Fact]
    public void The_stores_CA_trusts_the_API_servers_client_and_no_certificate_of_the_cluster()
    {
        var store = ServingCertificate.LoadAuthorities(_home.Pki("etcd/ca.crt"));
        bool Trusted(string name) => ServingCertificate.IsTrusted(
            X509Certificate2.CreateFromPem(File.ReadAllText(_home.Pki(name + ".crt"))), store, ServingCertificate.ClientAuthentication);

        Assert.True(Trusted("apiserver-etcd-client"));
        Assert.True(Trusted("etcd/healthcheck-client"));
        Assert.False(Trusted("apiserver-kubelet-client"));
        Assert.False(Trusted("apiserver"));
    }

    [Fact]
    public void A_server_certificate_is_no_client_certificate()
    {
        var cluster = ServingCertificate.LoadAuthorities(_home.Pki("ca.crt"));
        var apiServer = X509Certificate2.CreateFromPem(File.ReadAllText(_home.Pki("apiserver.crt")));
        Assert.True(ServingCertificate.IsTrusted(apiServer, cluster, ServingCertificate.ServerAuthentication));
        Assert.False(ServingCertificate.IsTrusted(apiServer, cluster, ServingCertificate.ClientAuthentication));
        Assert.True(apiServer.MatchesHostname("127.0.0.1") && apiServer.MatchesHostname("kubernetes.default.svc"));
    }

    [Fact]
    public void A_second_run_changes_nothing_and_a_new_node_gets_its_own()
    {
        var before = File.ReadAllText(_home.Pki("apiserver.crt"));
        new ClusterPki(_home, _options with { Nodes = 2 }, TimeProvider.System).Ensure();
        Assert.Equal(before, File.ReadAllText(_home.Pki("apiserver.crt")));
        Assert.True(File.Exists(_home.File("kubelet-2.conf")));
    }
}
