using Kube.Base;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Server;
using Kube.RaftStore.Server.Access;
using Kube.RaftStore.Server.Concurrency;
using Kube.RaftStore.Server.Gateway;
using Kube.RaftStore.Server.Kv;
using Kube.RaftStore.Server.Leases;
using Kube.RaftStore.Server.Members;
using Kube.RaftStore.Server.Upkeep;
using Kube.RaftStore.Server.Watches;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Host;

/// <summary>The services of one member and the tasks behind them, over whatever log it has. Dispose it to stop them.</summary>
internal sealed class StoreServices : IAsyncDisposable
{
    private readonly SpaceQuota _quota;
    private readonly RenewalBatcher _renewals;
    private readonly LeaseExpirer _expirer;
    private readonly CompactionTask _compaction;
    private readonly AutoCompactor? _autoCompactor;
    private readonly SpaceWatch _spaceWatch;
    private readonly HashCheck _hashCheck;
    private readonly WatchService _watch;
    private readonly Prng _leaseIds;
    private readonly IPeerHealth _health;
    private readonly TimeProvider _time;
    private readonly StoreSeams _seams;

    /// <param name="options">What the services need to know.</param>
    /// <param name="machine">The state.</param>
    /// <param name="log">The log that drives it.</param>
    /// <param name="health">Who of the other members is within reach.</param>
    /// <param name="leaseIds">Source of lease ids; members must have different ones.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where they log.</param>
    /// <param name="seams">What is put between the parts.</param>
    public StoreServices(
        StoreServerOptions options, StoreStateMachine machine, IReplicatedLog log, IPeerHealth health, Prng leaseIds, TimeProvider time,
        ILoggerFactory logs, StoreSeams? seams = null)
    {
        _seams = seams ?? StoreSeams.None;
        Server = new StoreServer(options, machine, log, time);
        _leaseIds = leaseIds;
        _health = health;
        _time = time;
        _quota = new SpaceQuota(Server);
        _renewals = new RenewalBatcher(Server);
        _watch = new WatchService(Server, time);
        _expirer = new LeaseExpirer(Server, time, logs.CreateLogger<LeaseExpirer>());
        _compaction = new CompactionTask(machine, time);
        _autoCompactor = options.AutoCompaction is { } auto ? new AutoCompactor(Server, auto, time, logs.CreateLogger<AutoCompactor>()) : null;
        _spaceWatch = new SpaceWatch(Server, time, logs.CreateLogger<SpaceWatch>());
        _hashCheck = new HashCheck(Server, options.HashCheck, time, logs.CreateLogger<HashCheck>());
    }

    public StoreServer Server { get; }

    /// <summary>The watches, to be looked at.</summary>
    public WatchService Watches => _watch;

    /// <summary>Leases that this member has ended because their time was over.</summary>
    public long ExpiredLeases => _expirer.ExpiredCount;

    /// <summary>Faults when one of the tasks cannot go on.</summary>
    public Task Completion => Task.WhenAny(
        _watch.Completion, _compaction.Completion, _spaceWatch.Completion, _hashCheck.Completion,
        _autoCompactor?.Completion ?? _compaction.Completion).Unwrap();

    public void Map(IEndpointRouteBuilder routes)
    {
        var kv = new KvService(Server, _quota);
        var leases = new LeaseService(Server, _quota, _renewals, _leaseIds);
        routes.MapGrpcService(kv);
        routes.MapGrpcService(_seams.Watch(_watch));
        routes.MapGrpcService(leases);
        var cluster = new ClusterService(Server, _health, _time);
        var maintenance = new MaintenanceService(Server);
        var auth = new AuthService(Server);
        var locks = new LockService(Server, kv, _watch, leases, _renewals, _time);
        var elections = new ElectionService(Server, kv, _watch, leases, _renewals, _time);
        routes.MapGrpcService(cluster);
        routes.MapGrpcService(maintenance);
        routes.MapGrpcService(auth);
        routes.MapGrpcService(locks);
        routes.MapGrpcService(elections);
        JsonGateway.Map(routes, Server, new GatewayServices(kv, _watch, leases, cluster, maintenance, auth, locks, elections));
    }

    public async ValueTask DisposeAsync()
    {
        await _hashCheck.DisposeAsync().ConfigureAwait(false);
        await _spaceWatch.DisposeAsync().ConfigureAwait(false);
        if (_autoCompactor is not null)
        {
            await _autoCompactor.DisposeAsync().ConfigureAwait(false);
        }
        await _expirer.DisposeAsync().ConfigureAwait(false);
        await _compaction.DisposeAsync().ConfigureAwait(false);
        await _watch.DisposeAsync().ConfigureAwait(false);
    }
}
