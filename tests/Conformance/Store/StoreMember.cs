using Kube.RaftStore.Host;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Conformance.Tests.Store;

/// <summary>A store of one member in this process, on a disk of its own, without TLS.</summary>
internal sealed class StoreMember : IAsyncDisposable
{
    private readonly StoreHost _host;
    private readonly string _directory;

    private StoreMember(StoreHost host, string directory, string endpoint)
    {
        _host = host;
        _directory = directory;
        Endpoint = endpoint;
    }

    public string Endpoint { get; }

    public static async Task<StoreMember> StartAsync()
    {
        var directory = Directory.CreateTempSubdirectory("store-").FullName;
        var (client, peer) = ($"http://127.0.0.1:{RealEtcd.FreePort()}", $"http://127.0.0.1:{RealEtcd.FreePort()}");
        var host = await StoreHost.StartAsync(
            new StoreOptions
            {
                Name = "only",
                DataDir = directory,
                ListenClientUrls = [new Uri(client)],
                AdvertiseClientUrls = [client],
                ListenPeerUrls = [new Uri(peer)],
                InitialAdvertisePeerUrls = [peer],
                InitialCluster = "only=" + peer,
            },
            NullLoggerFactory.Instance,
            TimeProvider.System,
            default);
        return new StoreMember(host, directory, client);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
