using System.Collections.Concurrent;
using Kube.Base;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Transport;
using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Server.Replication;

/// <summary>
/// One member of the replicated log: a <see cref="RaftNode"/> driven by a thread of its own that persists and sends, and
/// a second one that applies (docs/internals/raft.md has the map of threads and queues).
/// </summary>
/// <remarks>
/// It owns storage and transport from <see cref="StartAsync"/> on and disposes them. When storage, state machine or an
/// invariant fail, the member stops for good: <see cref="Failed"/> says so and every request ends.
/// </remarks>
public sealed partial class ReplicatedLog : IReplicatedLog, IAsyncDisposable
{
    private readonly ReplicatedLogOptions _options;
    private readonly ILogStorage _storage;
    private readonly IRaftTransport _transport;
    private readonly IStateMachine _machine;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RaftNode _node;
    private readonly Inbox _inbox;
    private readonly ApplyLoop _apply;
    private readonly ConcurrentDictionary<ulong, PendingProposal> _proposals = new();
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILoop _driverLoop;
    private readonly ILoop _applyLoop;
    private ITimer? _ticker;
    private ulong _sequence;
    private int _pendingCount;
    private long _pendingBytes;
    private int _stopped;
    private volatile bool _isLowOnSpace;

    private ReplicatedLog(
        ReplicatedLogOptions options, ILogStorage storage, IRaftTransport transport, IStateMachine machine,
        TimeProvider time, Prng prng, ILogger logger)
    {
        _options = options;
        _storage = storage;
        _transport = transport;
        _machine = machine;
        _time = time;
        _logger = logger;
        _sequence = prng.NextUInt64();
        _node = new RaftNode(options.ToRaftOptions() with { IsUnproven = storage.IsUnproven }, storage, prng.Fork());
        _driverLoop = options.Loops.Create($"raft {options.MemberId:x}", TurnDriver);
        _applyLoop = options.Loops.Create($"apply {options.MemberId:x}", TurnApply);
        _inbox = new Inbox(options, _driverLoop.Wake);
        _apply = new ApplyLoop(this, storage, machine);
        _shared = new SharedState(_node, storage.LatestSnapshot.Configuration);
    }

    public event Action<ReplicationStatus>? LeadershipChanged;

    /// <summary>Raised on the driver's thread when a membership change comes in force. Handlers must not block.</summary>
    public event Action<ConfState>? MembershipChanged;

    /// <summary>Completes, with the reason, when the member stopped by itself. Never for <see cref="DisposeAsync"/>.</summary>
    public Task<Exception> Failed => _failed.Task;

    public ReplicationStatus Status
    {
        get
        {
            var shared = Volatile.Read(ref _shared);
            return new ReplicationStatus(
                _options.MemberId, shared.LeaderId, shared.Term, shared.CommitIndex, _apply.AppliedIndex, shared.IsLearner);
        }
    }

    /// <summary>The node, for a simulation to look at between two turns.</summary>
    internal RaftNode Node => _node;

    public ConfState Membership => Volatile.Read(ref _shared).Membership;

    /// <summary>How far every other member has come, as this member knows while it leads; else empty.</summary>
    public IReadOnlyDictionary<ulong, ulong> MatchIndexes => Volatile.Read(ref _shared).MatchIndexes;

    /// <summary>
    /// Starts a member on what its storage holds: restores the state machine from the newest snapshot, and goes on as
    /// a follower. Completes when it takes part; a leader may not be known yet.
    /// </summary>
    public static Task<ReplicatedLog> StartAsync(
        ReplicatedLogOptions options, ILogStorage storage, IRaftTransport transport, IStateMachine stateMachine,
        TimeProvider timeProvider, Prng prng, ILogger logger, CancellationToken cancellationToken = default) =>
        // Restoring a large snapshot takes its time on the caller's thread otherwise.
        Task.Run(() => Start(options, storage, transport, stateMachine, timeProvider, prng, logger), cancellationToken);

    /// <summary>As <see cref="StartAsync"/>, on the caller's thread.</summary>
    internal static ReplicatedLog Start(
        ReplicatedLogOptions options, ILogStorage storage, IRaftTransport transport, IStateMachine stateMachine,
        TimeProvider timeProvider, Prng prng, ILogger logger)
    {
        var log = new ReplicatedLog(options, storage, transport, stateMachine, timeProvider, prng, logger);
        log._apply.RestoreFromStart();
        log.Start();
        return log;
    }

    public ValueTask<object?> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken) =>
        ProposeAsync(EntryType.Normal, command, cancellationToken);

    public ValueTask<object?> ProposeConfChangeAsync(ConfChange change, ReadOnlyMemory<byte> command, CancellationToken cancellationToken) =>
        ProposeAsync(EntryType.ConfChange, ConfChangeCodec.Encode(change, command.Span), cancellationToken);

    public ValueTask<ulong> ReadIndexAsync(CancellationToken cancellationToken)
    {
        var read = new PendingRead(Deadline());
        if (!_inbox.TryAdd(read))
        {
            throw Volatile.Read(ref _stopped) != 0 ? Stopped() : TooMany();
        }

        return new ValueTask<ulong>(read.WaitAsync(cancellationToken));
    }

    public async Task TransferLeaderAsync(ulong target, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Watch(ReplicationStatus status)
        {
            if (status.LeaderId == target)
            {
                done.TrySetResult();
            }
        }

        LeadershipChanged += Watch;
        try
        {
            _inbox.Post(() =>
            {
                if (_node.LeaderId == target)
                {
                    done.TrySetResult();
                }
                else if (!_node.TransferLeader(target))
                {
                    done.TrySetException(new ReplicationException(ReplicationFailure.NoLeader, "leadership cannot be handed to that member"));
                }
            });
            await FollowAsync(done.Task).WaitAsync(_options.EffectiveRequestTimeout, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new ReplicationException(ReplicationFailure.Timeout, "leader transfer timed out");
        }
        finally
        {
            LeadershipChanged -= Watch;
        }
    }

    /// <summary>The same task, going on where the caller's context says before anyone who waits for it with a limit.</summary>
    private static async Task FollowAsync(Task task) => await task;

    /// <summary>Tells where the members listen, after a change.</summary>
    public void SetPeers(IReadOnlyList<RaftPeer> peers) =>
        _transport.SetPeers([.. peers.Where(p => p.Id != _options.MemberId)]);

    /// <summary>Stops the member; requests that wait end with <see cref="ReplicationFailure.Stopped"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop();
        await _driverLoop.Ended;
        await _applyLoop.Ended;
        await _transport.DisposeAsync();
        await _apply.SnapshotTask;
        _storage.Dispose();
    }

    private void Start()
    {
        _transport.SetPeers([.. _options.Peers.Where(p => p.Id != _options.MemberId)]);
        _driverLoop.Start();
        _applyLoop.Start();
        _transport.Start(new TransportHandler(this));
        _ticker = _time.CreateTimer(_ => _inbox.Tick(), null, _options.HeartbeatInterval, _options.HeartbeatInterval);
        // The only voter has nobody to wait for.
        _inbox.Post(CampaignIfQuorumIsConnected);
    }

    private ValueTask<object?> ProposeAsync(EntryType type, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (data.Length > _storage.MaxEntryBytes)
        {
            throw new ArgumentException($"a command of {data.Length} bytes exceeds {_storage.MaxEntryBytes}", nameof(data));
        }

        if (_isLowOnSpace)
        {
            throw new ReplicationException(ReplicationFailure.NoSpace, "etcdserver: mvcc: database space exceeded");
        }

        var count = Interlocked.Increment(ref _pendingCount);
        var bytes = Interlocked.Add(ref _pendingBytes, data.Length);
        if (count > _options.MaxPendingProposals || bytes > _options.MaxPendingProposalBytes)
        {
            Release(data.Length);
            throw TooMany();
        }

        var id = new ProposalId(_options.MemberId, Interlocked.Increment(ref _sequence));
        var proposal = new PendingProposal(type, id, data, Deadline());
        _proposals.TryAdd(id.Sequence, proposal);
        if (!_inbox.TryAdd(proposal))
        {
            _proposals.TryRemove(id.Sequence, out _);
            Release(data.Length);
            throw Stopped();
        }

        return new ValueTask<object?>(proposal.WaitAsync(cancellationToken));
    }

    private void Release(long bytes)
    {
        Interlocked.Decrement(ref _pendingCount);
        Interlocked.Add(ref _pendingBytes, -bytes);
    }

    /// <summary>Claims a proposal's completion; true for one caller only.</summary>
    private bool TryClaim(ulong sequence, out PendingProposal proposal)
    {
        if (!_proposals.TryRemove(sequence, out proposal!))
        {
            return false;
        }

        Release(proposal.Data.Length);
        return true;
    }

    private long Deadline() =>
        _time.GetTimestamp() + (long)(_options.EffectiveRequestTimeout.TotalSeconds * _time.TimestampFrequency);

    private static ReplicationException Stopped() => new(ReplicationFailure.Stopped, "etcdserver: server stopped");

    private static ReplicationException TooMany() => new(ReplicationFailure.TooManyRequests, "etcdserver: too many requests");

    private void Stop()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }

        _ticker?.Dispose();
        _inbox.Close();
        _apply.Close();
    }

    /// <summary>Ends the member for a reason that it must not go on after.</summary>
    private void Fail(Exception exception)
    {
        LogFailed(_logger, exception, _options.MemberId);
        Stop();
        _failed.TrySetResult(exception);
    }

    /// <summary>Tells everyone who waits that there will be no answer.</summary>
    private void FailAll()
    {
        foreach (var sequence in _proposals.Keys)
        {
            if (TryClaim(sequence, out var proposal))
            {
                proposal.Fail(Stopped());
            }
        }

        foreach (var read in _inbox.TakeRest().Reads.Concat(_reads.All))
        {
            read.Fail(Stopped());
        }
    }
}
