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
    /// <summary>What part of the memory there is values may take, unless it is said.</summary>
    private const int DefaultMemoryDivisor = 4;

    private readonly ReplicatedLog _log;
    private readonly TimeProvider _time;
    private readonly IAsyncDisposable _peerListeners;
    private readonly StoreServices _services;
    private readonly ClientListener _listener;
    private readonly MetricsRegistry _metrics;
    private readonly StoreMetrics _instruments;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _publishing;
    private readonly Task _joining;

    private StoreHost(
        ClusterIdentity identity,
        StoreOptions options,
        ReplicatedLog log,
        MemberDirectory members,
        JoiningMember? joining,
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
        _time = time;
        _peerListeners = peerListeners;
        _services = services;
        _listener = listener;
        _metrics = metrics;
        _instruments = instruments;
        Failed = FirstFailureAsync(log.Failed, members.Removed, services.Completion);
        _joining = joining is null ? Task.CompletedTask : FindPeersAsync(joining, _stopping.Token);
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
    public static Task<StoreHost> StartAsync(
        StoreOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken cancellationToken)
        => StartAsync(options, StoreSeams.None, logs, time, cancellationToken);

    /// <summary>The same with parts put between others.</summary>
    internal static async Task<StoreHost> StartAsync(
        StoreOptions options, StoreSeams seams, ILoggerFactory logs, TimeProvider time, CancellationToken cancellationToken)
    {
        var logger = logs.CreateLogger<StoreHost>();
        var peerTls = PeerTlsOf(options);
        var joining = options.InitialClusterState == "existing" ? new JoiningMember(options, peerTls, time, logger) : null;
        var identity = await IdentifyAsync(options, joining, cancellationToken).ConfigureAwait(false);
        var values = new PagedValueStore();
        var machine = new StoreStateMachine(values, new LeaseClock(LeaseExpirer.TicksPerSecond));
        await using var undo = new AsyncDisposableStack();
        var transport = OpenTransport(identity, peerTls, logs, time);
        var members = new MemberDirectory(
            identity.MemberId, machine.Members, transport, 3 * TimeSpan.FromMilliseconds(options.ElectionTimeoutMs), time, logger);
        var peerListeners = undo.Push(await ListenToPeersAsync(options, peerTls, transport, logs, cancellationToken).ConfigureAwait(false));
        var log = undo.Push(await OpenLogAsync(options, seams, identity, transport, machine, values, logs, time).ConfigureAwait(false));
        members.Attach(log);
        var services = undo.Push(new StoreServices(
            ServerOptions(options, identity), machine, seams.Log(log), members, NewPrng(), time, logs, seams));
        var metrics = new MetricsRegistry(services);
        undo.Push(new Disposer(metrics));
        var instruments = new StoreMetrics(services, transport);
        undo.Push(new Disposer(instruments));
        var listener = undo.Push(await ClientListener
            .StartAsync(options, services, metrics, logs, time, cancellationToken).ConfigureAwait(false));
        undo.Release();
        return new StoreHost(identity, options, log, members, joining, peerListeners, services, listener, metrics, instruments, time, logger);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _publishing.ConfigureAwait(false);
        await _joining.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _listener.DisposeAsync().ConfigureAwait(false);
        await _services.DisposeAsync().ConfigureAwait(false);
        await _log.DisposeAsync().ConfigureAwait(false);
        await _peerListeners.DisposeAsync().ConfigureAwait(false);
        _instruments.Dispose();
        _metrics.Dispose();
        _stopping.Dispose();
    }

    private static async Task<ReplicatedLog> OpenLogAsync(
        StoreOptions options, StoreSeams seams, ClusterIdentity identity, IRaftTransport transport, StoreStateMachine machine, PagedValueStore values,
        ILoggerFactory logs, TimeProvider time)
    {
        var storage = OpenStorage(options, identity);
        values.SpillTo(storage.ValueFile, MemoryBytes(options));
        return await ReplicatedLog.StartAsync(
            new ReplicatedLogOptions
            {
                MemberId = identity.MemberId,
                Peers = PeersOf(identity.Members),
                HeartbeatInterval = TimeSpan.FromMilliseconds(options.HeartbeatIntervalMs),
                ElectionTimeout = TimeSpan.FromMilliseconds(options.ElectionTimeoutMs),
                SnapshotCount = options.SnapshotCount,
                ReadMode = options.LeaseReads ? ReadMode.Lease : ReadMode.Quorum,
            },
            seams.Storage(storage),
            transport,
            seams.Machine(machine),
            time,
            NewPrng(),
            logs.CreateLogger<ReplicatedLog>()).ConfigureAwait(false);
    }

    private static long MemoryBytes(StoreOptions options)
        => options.MemoryMb > 0 ? (long)options.MemoryMb << 20 : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / DefaultMemoryDivisor;

    private static FasterLogStorage OpenStorage(StoreOptions options, ClusterIdentity identity)
    {
        try
        {
            return FasterLogStorage.Open(new FasterLogStorageOptions
            {
                Directory = options.DataDir,
                Identity = new DataIdentity(identity.ClusterId, identity.MemberId),
                Bootstrap = identity.IsFounder ? new ConfState([.. identity.Members.Select(static member => member.Id)]) : ConfState.Empty,
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
        IsFounder = identity.IsFounder,
        StrictReconfigCheck = options.StrictReconfigCheck,
        MaxRequestBytes = options.MaxRequestBytes,
        MaxTxnOps = options.MaxTxnOps,
        QuotaBytes = options.QuotaBackendBytes > 0 ? options.QuotaBackendBytes : 2L << 30,
        ElectionTimeout = TimeSpan.FromMilliseconds(options.ElectionTimeoutMs),
        WatchProgressNotifyInterval = options.WatchProgressNotifyInterval,
        AutoCompaction = options.AutoCompaction,
        HashCheck = options.HashCheck,
        KnowsClientsByCertificate = options.Client.ClientCertAuth,
        AuthTokenTimeToLive = options.AuthTokenTimeToLive,
        Jwt = options.Jwt,
        BcryptCost = options.BcryptCost,
        MinLeaseTtlSeconds = (long)Math.Ceiling(1.5 * options.ElectionTimeoutMs / 1000),
        Version = KubeVersion.Etcd,
    };

    /// <summary>Numbers that differ from those of every other member and of the process before this one.</summary>
    private static Prng NewPrng() => new(BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)));

    private static async Task<Exception> FirstFailureAsync(Task<Exception> log, Task<Exception> removed, Task services)
    {
        var first = await Task.WhenAny(log, removed, services).ConfigureAwait(false);
        if (first == services && services.Exception is { } fault)
        {
            return fault.GetBaseException();
        }
        return await (await Task.WhenAny(log, removed).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static async Task<ClusterIdentity> IdentifyAsync(StoreOptions options, JoiningMember? joining, CancellationToken cancellationToken)
    {
        try
        {
            return joining is null ? ClusterIdentity.Of(options) : await joining.IdentifyAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DataDirectoryException e)
        {
            throw new StartupException($"cannot open the data directory {options.DataDir}: {e.Message}", e);
        }
    }

    /// <summary>A member that joined and restarts before the log has told it who the members are asks for them again.</summary>
    private async Task FindPeersAsync(JoiningMember joining, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && !_services.Server.Machine.Members.IsComplete && Identity.Members.Count == 0)
        {
            if (await joining.FindAsync(cancellationToken).ConfigureAwait(false) is { } cluster && cluster.ClusterId == Identity.ClusterId)
            {
                _log.SetPeers(PeersOf(JoiningMember.Configured(cluster)));
                return;
            }
            await Task.Delay(TimeSpan.FromSeconds(1), _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static IReadOnlyList<RaftPeer> PeersOf(IReadOnlyList<ConfiguredMember> members)
        => [.. members.Select(static member => new RaftPeer(member.Id, [.. member.PeerUrls.Select(static url => new Uri(url))]))];

    private sealed class Disposer(IDisposable inner) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            inner.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
