using Kube.Conformance.Tests.Api;
using Kube.RaftStore.Host;
using Kube.Testing;
using Microsoft.Extensions.Logging;

namespace Kube.Conformance.Tests.Store;

/// <summary>A store of three members in this process, on disks of their own, with mutual TLS on the client ports.</summary>
internal sealed class SecureTrio : IAsyncDisposable
{
    private const int Size = 3;

    private readonly TestPki _pki;
    private readonly string _directory;
    private readonly StoreHost[] _hosts;

    private SecureTrio(TestPki pki, string directory, StoreHost[] hosts, string[] endpoints)
    {
        _pki = pki;
        _directory = directory;
        _hosts = hosts;
        Endpoints = endpoints;
    }

    /// <summary>The members' client URLs.</summary>
    public IReadOnlyList<string> Endpoints { get; }

    /// <param name="pki">Has issued "server" and "client".</param>
    /// <param name="logs">Where the members log.</param>
    public static async Task<SecureTrio> StartAsync(TestPki pki, ILoggerFactory logs)
    {
        var directory = Directory.CreateTempSubdirectory("trio-").FullName;
        var clients = Enumerable.Range(0, Size).Select(static _ => $"https://127.0.0.1:{RealEtcd.FreePort()}").ToArray();
        var peers = Enumerable.Range(0, Size).Select(static _ => $"http://127.0.0.1:{RealEtcd.FreePort()}").ToArray();
        var tls = new TlsOptions
        {
            CertFile = pki.CertificateFile("server"),
            KeyFile = pki.KeyFile("server"),
            TrustedCaFile = pki.AuthorityFile,
            ClientCertAuth = true,
        };
        var starting = Enumerable.Range(0, Size).Select(member => StoreHost.StartAsync(
            new StoreOptions
            {
                Name = $"s{member}",
                DataDir = Path.Combine(directory, $"s{member}"),
                ListenClientUrls = [new Uri(clients[member])],
                AdvertiseClientUrls = [clients[member]],
                ListenPeerUrls = [new Uri(peers[member])],
                InitialAdvertisePeerUrls = [peers[member]],
                InitialCluster = string.Join(',', peers.Select(static (peer, i) => $"s{i}={peer}")),
                Client = tls,
                BcryptCost = 4,
            },
            logs, TimeProvider.System, default));
        var trio = new SecureTrio(pki, directory, await Task.WhenAll(starting), clients);
        await Eventually.HoldsAsync(
            async () => (await trio.EtcdctlAsync("client", ["member", "list"])).Output.Split("started").Length == Size + 1, "the members have told their names");
        return trio;
    }

    /// <summary>Runs etcdctl against all members.</summary>
    /// <param name="who">Whose certificate it has.</param>
    /// <param name="arguments">What follows the flags for endpoints and certificates.</param>
    public Task<CommandResult> EtcdctlAsync(string who, IEnumerable<string> arguments) => EtcdctlAsync(who, string.Join(',', Endpoints), arguments);

    /// <summary>Runs etcdctl against one member or some.</summary>
    public Task<CommandResult> EtcdctlAsync(string who, string endpoints, IEnumerable<string> arguments, string? input = null) => Etcdctl.RunAsync(
        endpoints, ["--cacert", _pki.AuthorityFile, "--cert", _pki.CertificateFile(who), "--key", _pki.KeyFile(who), .. arguments], input);

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
        Directory.Delete(_directory, recursive: true);
    }
}
