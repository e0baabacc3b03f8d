using Kube.Base;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Lease;
using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Server;
using Kube.RaftStore.Server.Kv;
using Kube.RaftStore.Server.Leases;
using Kube.RaftStore.Server.Replication;
using Kube.RaftStore.Server.Upkeep;
using Kube.RaftStore.Server.Watches;
using Kube.RaftStore.Simulation.Checks;
using Kube.RaftStore.Simulation.Cluster;
using Kube.RaftStore.Simulation.Disk;
using Kube.RaftStore.Simulation.Network;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.RaftStore.Simulation.Core;

/// <summary>One life of a member: the production store, wired as its host wires it, until it ends in one way or another.</summary>
internal sealed class Process : IDiskHost
{
    private const int PageBytes = 256;

    private readonly World _world;
    private readonly SimulatedCluster _cluster;
    private readonly LinkedList<Action> _atEnd = [];
    private long _localUs;
    private int _stepsToCrash = -1;

    public Process(World world, SimulatedCluster cluster, Member member)
    {
        _world = world;
        _cluster = cluster;
        Member = member;
        IsPreviousBuild = member.HasPreviousBuild;
        Context = new SimulatedContext(world, this);
        LoopContext = new SimulatedContext(world, this);
    }

    public Member Member { get; }

    /// <summary>Where its services go on.</summary>
    public SimulatedContext Context { get; }

    /// <summary>Where its loops, timers and network run: another one, so that a continuation is never run inside them.</summary>
    public SimulatedContext LoopContext { get; }

    public bool IsPreviousBuild { get; }

    public bool IsAlive { get; private set; } = true;

    /// <summary>Whether it has come up.</summary>
    public bool IsServing { get; private set; }

    public long EndedUs { get; private set; } = long.MaxValue;

    public long FrozenUntilUs { get; set; }

    /// <summary>When the turn last given ends: what it did is not to be seen before.</summary>
    public long SettledUs { get; set; }

    public long NowUs => _world.NowUs;

    public long LocalUs => Math.Max(_localUs, _world.NowUs);

    public ReplicatedLog Log { get; private set; } = null!;

    public StoreStateMachine Machine { get; private set; } = null!;

    public KvService Kv { get; private set; } = null!;

    public LeaseService Leases { get; private set; } = null!;

    public WatchService Watch { get; private set; } = null!;

    private LeaseExpirer Expirer { get; set; } = null!;

    private CompactionTask Compaction { get; set; } = null!;

    /// <summary>Opens the disk and starts the store on it.</summary>
    /// <exception cref="StorageCorruptException">What is on the disk is damaged.</exception>
    public void Start(ConfState bootstrap, IReadOnlyList<ulong> peers, Prng prng)
    {
        var options = _cluster.Options;
        var storage = SimulatedLogStorage.Open(Member.Disk, bootstrap, this);
        var transport = new SimulatedTransport(_world, _cluster.Network, this);
        var time = new SimulatedTime(_world, LoopContext, Member.ClockRate);
        // Pages so small that a few values fill one, memory for a few of them, and no value too small to be referred to.
        var values = new PagedValueStore(PageBytes, minReferredBytes: 1);
        values.SpillTo(storage.Values, memoryBytes: 0);
        Machine = new StoreStateMachine(values, new LeaseClock(LeaseExpirer.TicksPerSecond));
        Log = ReplicatedLog.Start(
            options.Log with { MemberId = Member.Id, Peers = [.. peers.Select(SimulatedTransport.PeerOf)], Loops = new SimulatedLoops(_world, this) },
            storage, transport, new ObservedMachine(Machine, this, _cluster.Checks), time, prng.Fork(), NullLogger.Instance);
        Log.MembershipChanged += state => Log.SetPeers([.. state.Members.Select(SimulatedTransport.PeerOf)]);
        var server = new StoreServer(options.Server with { MemberId = Member.Id }, Machine, Log, time);
        var quota = new SpaceQuota(server);
        Kv = new KvService(server, quota);
        Leases = new LeaseService(server, quota, new RenewalBatcher(server), prng.Fork());
        Watch = new WatchService(server, time);
        Expirer = new LeaseExpirer(server, time, NullLogger.Instance);
        Compaction = new CompactionTask(Machine, time);
        Member.HasServed = true;
        IsServing = true;
    }

    /// <summary>Ends as on SIGTERM, services first.</summary>
    public async Task StopAsync()
    {
        await Compaction.DisposeAsync();
        await Expirer.DisposeAsync();
        await Watch.DisposeAsync();
        await Log.DisposeAsync();
        End(LocalUs);
        Member.Disk.Crash(LocalUs, losesPower: false);
    }

    /// <summary>Ends at once.</summary>
    public void Kill(bool losesPower)
    {
        if (IsAlive)
        {
            End(_world.NowUs);
            Member.Disk.Crash(_world.NowUs, losesPower);
        }
    }

    /// <summary>Has it end at some later step of what it does: between a write and its sync, a sync and an answer, two messages.</summary>
    public void CrashAfterSteps(int steps) => _stepsToCrash = steps;

    public void BeginEvent() => _localUs = _world.NowUs;

    public void Spend(long us) => _localUs = LocalUs + us;

    public void Step()
    {
        _world.CheckThread();
        Spend(1);
        if (!IsAlive)
        {
            throw new ProcessCrashedException();
        }

        if (_stepsToCrash < 0 || _stepsToCrash-- > 0)
        {
            return;
        }

        _world.Tell($"member {Member.Id} loses power in the middle of its work");
        var endedUs = LocalUs;
        End(endedUs);
        Member.Disk.Crash(endedUs, losesPower: true);
        throw new ProcessCrashedException();
    }

    /// <summary>Has something happen when the process ends, a connection break, unless it is taken back before by <see cref="Forget"/>.</summary>
    public LinkedListNode<Action> AtEnd(Action action) => _atEnd.AddLast(action);

    public static void Forget(LinkedListNode<Action> atEnd) => atEnd.List?.Remove(atEnd);

    public void OnTurn()
    {
        _cluster.Checks.AfterTurn(this);
        _cluster.OnTurn(this);
    }

    public void OnLoopEnded()
    {
        if (Log is null || !Log.Failed.IsCompleted || !IsAlive)
        {
            return;
        }

        // Its host would end the process with this.
        var reason = Log.Failed.Result;
        _world.Tell($"member {Member.Id} stops by itself: {reason.Message}");
        var isExpected = reason is StorageFaultException or ProcessCrashedException or NewerFormatException
            || (reason is StorageCorruptException && Member.Disk.HasRot);
        if (!isExpected)
        {
            _world.Fail($"member {Member.Id} stopped by itself: {reason}", reason);
        }

        OnEndedBy(reason);
        Kill(losesPower: false);
    }

    /// <summary>The build before says that it cannot read what it was sent: whoever sees that installs the present one.</summary>
    public void OnEndedBy(Exception reason) => Member.HasPreviousBuild &= reason is not NewerFormatException;

    private void End(long atUs)
    {
        if (!IsAlive)
        {
            return;
        }

        IsAlive = false;
        EndedUs = atUs;
        Member.OnProcessEnded(this);
        _cluster.Network.Find(Member.Id)?.DisposeAsync();
        foreach (var action in _atEnd)
        {
            action();
        }

        _atEnd.Clear();
    }
}
