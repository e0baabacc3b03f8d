using System.Buffers.Binary;
using System.Security.Cryptography;
using Kube.Base;
using Kube.Hosting;
using Kube.Hosting.Metrics;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Lease;
using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Server;
using Kube.RaftStore.Server.Leases;
using Kube.RaftStore.Server.Replication;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Transport;
using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Host;

/// <summary>One member of a store, running in this process. Dispose it to stop.</summary>
public sealed partial class StoreHost : IAsyncDisposable, IFailable
{
    private readonly ReplicatedLog _log;
    private readonly IAsyncDisposable _peerListeners;
    private readonly StoreServices _services;
    private readonly ClientListener _listener;
    private readonly MetricsRegistry _metrics;
    private readonly StoreMetrics _instruments;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _publishing;

    private StoreHost(
        ClusterIdentity identity,
        StoreOptions options,
        ReplicatedLog log,
        IAsyncDisposable peerListeners,
        StoreServices services,
        ClientListener listener,
        MetricsRegistry metrics,
        StoreMetrics instruments,
        TimeProvider time,
        ILogger logger)
    {
        Identity = identity;
        _log = log;
        _peerListeners = peerListeners;
        _services = services;
        _listener = listener;
        _metrics = metrics;
        _instruments = instruments;
        Failed = FirstFailureAsync(log.Failed, services.Completion);
        _publishing = new MemberPublisher(services.Server, options, time, logger).RunAsync(_stopping.Token);
    }

    /// <summary>Who this member and the others are.</summary>
    public ClusterIdentity Identity { get; }

    /// <summary>What this member knows of the replication.</summary>
    public ReplicationStatus Status => _log.Status;

    /// <inheritdoc/>
    public Task<Exception> Failed { get; }

    /// <summary>Opens the data directory, joins the other members and begins to serve clients.</summary>
    /// <param name="options">The member's options.</param>
    /// <param name="logs">Where it logs; owned by the caller.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="StartupException">Something that a person can mend stands in the way.</exception>
    public static async Task<StoreHost> StartAsync(
        StoreOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken cancellationToken)
    {
        var identity = ClusterIdentity.Of(options);
        var machine = new StoreStateMachine(new MemoryValueStore(), new LeaseClock(LeaseExpirer.TicksPerSecond));
        await using var undo = new AsyncDisposableStack();
        var peerTls = PeerTlsOf(options);
        var transport = OpenTransport(identity, peerTls, logs, time);
        var peerListeners = undo.Push(await ListenToPeersAsync(options, peerTls, transport, logs, cancellationToken).ConfigureAwait(false));
        var log = undo.Push(await OpenLogAsync(options, identity, transport, machine, logs, time).ConfigureAwait(false));
        var services = undo.Push(new StoreServices(ServerOptions(options, identity), machine, log, NewPrng(), time, logs));
        var metrics = new MetricsRegistry();
        undo.Push(new Disposer(metrics));
        var instruments = new StoreMetrics(services);
        undo.Push(new Disposer(instruments));
        var listener = undo.Push(await ClientListener
            .StartAsync(options, services, metrics, logs, time, cancellationToken).ConfigureAwait(false));
        undo.Release();
        return new StoreHost(identity, options, log, peerListeners, services, listener, metrics, instruments, time, logs.CreateLogger<StoreHost>());
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _publishing.ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
        await _services.DisposeAsync().ConfigureAwait(false);
        await _log.DisposeAsync().ConfigureAwait(false);
        await _peerListeners.DisposeAsync().ConfigureAwait(false);
        _instruments.Dispose();
        _metrics.Dispose();
        _stopping.Dispose();
    }

    private static async Task<ReplicatedLog> OpenLogAsync(
        StoreOptions options, ClusterIdentity identity, IRaftTransport transport, StoreStateMachine machine, ILoggerFactory logs, TimeProvider time)
    {
        var storage = OpenStorage(options, identity);
        return await ReplicatedLog.StartAsync(
            new ReplicatedLogOptions
            {
                MemberId = identity.MemberId,
                Peers = [.. identity.Members.Select(static member => new RaftPeer(member.Id, [.. member.PeerUrls.Select(static url => new Uri(url))]))],
                HeartbeatInterval = TimeSpan.FromMilliseconds(options.HeartbeatIntervalMs),
                ElectionTimeout = TimeSpan.FromMilliseconds(options.ElectionTimeoutMs),
                SnapshotCount = options.SnapshotCount,
            },
            storage,
            transport,
            machine,
            time,
            NewPrng(),
            logs.CreateLogger<ReplicatedLog>()).ConfigureAwait(false);
    }

    private static FasterLogStorage OpenStorage(StoreOptions options, ClusterIdentity identity)
    {
        try
        {
            return FasterLogStorage.Open(new FasterLogStorageOptions
            {
                Directory = options.DataDir,
                Identity = new DataIdentity(identity.ClusterId, identity.MemberId),
                Bootstrap = options.InitialClusterState == "existing"
                    ? ConfState.Empty
                    : new ConfState([.. identity.Members.Select(static member => member.Id)]),
            });
        }
        catch (Exception e) when (e is DataDirectoryException or StorageCorruptException or StorageFullException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"cannot open the data directory {options.DataDir}: {e.Message}", e);
        }
    }

    private static StoreServerOptions ServerOptions(StoreOptions options, ClusterIdentity identity) => new()
    {
        ClusterId = identity.ClusterId,
        MemberId = identity.MemberId,
        Members = identity.Members,
        MaxRequestBytes = options.MaxRequestBytes,
        MaxTxnOps = options.MaxTxnOps,
        QuotaBytes = options.QuotaBackendBytes > 0 ? options.QuotaBackendBytes : 2L << 30,
        WatchProgressNotifyInterval = options.WatchProgressNotifyInterval,
        AutoCompaction = options.AutoCompaction,
        HashCheck = options.HashCheck,
        MinLeaseTtlSeconds = (long)Math.Ceiling(1.5 * options.ElectionTimeoutMs / 1000),
        Version = KubeVersion.Etcd,
    };

    /// <summary>Numbers that differ from those of every other member and of the process before this one.</summary>
    private static Prng NewPrng() => new(BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)));

    private static async Task<Exception> FirstFailureAsync(Task<Exception> log, Task services)
    {
        var first = await Task.WhenAny(log, services).ConfigureAwait(false);
        if (first != log && services.Exception is { } fault)
        {
            return fault.GetBaseException();
        }
        return await log.ConfigureAwait(false);
    }

    private sealed class Disposer(IDisposable inner) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            inner.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
