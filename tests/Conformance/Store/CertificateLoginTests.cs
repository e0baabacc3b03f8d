using Kube.Conformance.Tests.Api;
using Kube.RaftStore.Host;
using Kube.Testing;

namespace Kube.Conformance.Tests.Store;

/// <summary>Who is known by the common name of his certificate alone, with Debian's etcd and with the store.</summary>
public sealed class CertificateLoginTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("login-").FullName;
    private TestPki _pki = null!;
    private RealEtcd _etcd = null!;
    private StoreMember _store = null!;

    public async Task InitializeAsync()
    {
        _pki = new TestPki(_directory);
        _pki.IssueClient("root", "root");
        _pki.IssueClient("alice", "alice");
        _etcd = await RealEtcd.StartSecureAsync(_pki, "root");
        _store = await StoreMember.StartAsync(options =>
        {
            var url = options.AdvertiseClientUrls[0].Replace("http://", "https://", StringComparison.Ordinal);
            return options with
            {
                ListenClientUrls = [new Uri(url)],
                AdvertiseClientUrls = [url],
                Client = new TlsOptions
                {
                    CertFile = _pki.CertificateFile("server"),
                    KeyFile = _pki.KeyFile("server"),
                    TrustedCaFile = _pki.AuthorityFile,
                    ClientCertAuth = true,
                },
            };
        });
        await Eventually.HoldsAsync(async () => (await RunAsync(_store.Endpoint, "root", "get x")).ExitCode == 0, "the store serves");
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await _etcd.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_certificates_common_name_is_a_user()
    {
        foreach (var command in new[]
        {
            "root user add root:pw", "root role add root", "root user grant-role root root", "root user add alice --no-password",
            "root role add r", "root role grant-permission r read a", "root user grant-role alice r", "root auth enable",
            "root put a 1", "root put b 1", "root user list", "alice get a", "alice get b", "alice put a 2", "alice user get alice",
            "alice user list", "alice --user=root:pw get b", "root user delete alice", "alice get a", "root auth disable", "alice get b",
        })
        {
            var (who, what) = (command.Split(' ')[0], command[(command.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            var theirs = await RunAsync(_etcd.Endpoint, who, what);
            var ours = await RunAsync(_store.Endpoint, who, what);
            Assert.Equal(
                $"{command}\n{theirs.ExitCode} {SideBySide.Normalize(theirs.Output + theirs.Error)}",
                $"{command}\n{ours.ExitCode} {SideBySide.Normalize(ours.Output + ours.Error)}");
        }
    }

    private Task<CommandResult> RunAsync(string endpoint, string who, string command) => Etcdctl.RunAsync(
        endpoint, ["--cacert", _pki.AuthorityFile, "--cert", _pki.CertificateFile(who), "--key", _pki.KeyFile(who), .. command.Split(' ')]);
}
