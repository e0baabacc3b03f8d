using System.Net;
using System.Net.Sockets;
using Kube.Base;
using Kube.Hosting.Metrics;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Host;
using Kube.RaftStore.Lease;
using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Server;
using Kube.RaftStore.Server.Leases;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.RaftStore.Tests.Server;

/// <summary>A store of one member over a log in memory, its client port open without TLS.</summary>
internal sealed class StoreHarness : IAsyncDisposable
{
    private readonly ClientListener _listener;
    private readonly MetricsRegistry _metrics;

    private StoreHarness(Uri url, StoreStateMachine machine, SingleNodeLog log, StoreServices services, ClientListener listener, MetricsRegistry metrics)
    {
        Url = url;
        Machine = machine;
        Log = log;
        Services = services;
        _listener = listener;
        _metrics = metrics;
    }

    public Uri Url { get; }

    public StoreStateMachine Machine { get; }

    public SingleNodeLog Log { get; }

    public StoreServices Services { get; }

    public required PeersInReach Health { get; init; }

    public static async Task<StoreHarness> StartAsync(int port = 0, TimeProvider? time = null, Func<StoreServerOptions, StoreServerOptions>? configure = null)
    {
        var url = new Uri($"http://127.0.0.1:{(port == 0 ? FreePort() : port)}");
        var options = new StoreOptions { DataDir = "", ListenClientUrls = [url], AdvertiseClientUrls = [url.OriginalString] };
        var identity = ClusterIdentity.Of(options);
        var machine = new StoreStateMachine(new MemoryValueStore(), new LeaseClock(LeaseExpirer.TicksPerSecond));
        var log = new SingleNodeLog(machine, identity.MemberId);
        var health = new PeersInReach();
        var server = new StoreServerOptions { ClusterId = identity.ClusterId, MemberId = identity.MemberId, Members = identity.Members };
        var services = new StoreServices(
            configure?.Invoke(server) ?? server, machine, log, health, new Prng(1), time ?? TimeProvider.System, NullLoggerFactory.Instance);
        var metrics = new MetricsRegistry();
        var listener = await ClientListener.StartAsync(options, services, metrics, NullLoggerFactory.Instance, time ?? TimeProvider.System, default);
        return new StoreHarness(url, machine, log, services, listener, metrics) { Health = health };
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await Services.DisposeAsync();
        _metrics.Dispose();
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
