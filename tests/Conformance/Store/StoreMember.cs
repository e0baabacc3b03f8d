using Kube.RaftStore.Host;
using Microsoft.Extensions.Logging;
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

    public static Task<StoreMember> StartAsync(Func<StoreOptions, StoreOptions>? configure = null, ILoggerFactory? logs = null)
        => StartAsync(Options(configure), logs);

    /// <summary>Restores a snapshot, and starts the member.</summary>
    public static Task<StoreMember> RestoreAsync(string file)
    {
        // Under another name, and at other URLs, than the member whose snapshot it was.
        var options = Options(static options => options with { Name = "moved", InitialCluster = "moved=" + options.InitialAdvertisePeerUrls[0] });
        Directory.Delete(options.DataDir);
        SnapshotRestore.Run(file, options, skipHashCheck: false, default);
        return StartAsync(options);
    }

    private static StoreOptions Options(Func<StoreOptions, StoreOptions>? configure)
    {
        var directory = Directory.CreateTempSubdirectory("store-").FullName;
        var (client, peer) = ($"http://127.0.0.1:{RealEtcd.FreePort()}", $"http://127.0.0.1:{RealEtcd.FreePort()}");
        var options = new StoreOptions
        {
            Name = "only",
            DataDir = directory,
            ListenClientUrls = [new Uri(client)],
            AdvertiseClientUrls = [client],
            ListenPeerUrls = [new Uri(peer)],
            InitialAdvertisePeerUrls = [peer],
            InitialCluster = "only=" + peer,
        };
        return configure?.Invoke(options) ?? options;
    }

    private static async Task<StoreMember> StartAsync(StoreOptions options, ILoggerFactory? logs = null)
    {
        var host = await StoreHost.StartAsync(options, logs ?? NullLoggerFactory.Instance, TimeProvider.System, default);
        return new StoreMember(host, options.DataDir, options.AdvertiseClientUrls[0]);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
