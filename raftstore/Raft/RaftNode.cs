using Kube.Base;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Raft.Log;
using Kube.RaftStore.Raft.Tracker;

namespace Kube.RaftStore.Raft;

/// <summary>
/// One member's consensus, after "In Search of an Understandable Consensus Algorithm (Extended Version)" and
/// Ongaro's dissertation: messages and ticks in; messages, entries and hard state to persist, committed entries and
/// proved reads out. It does no I/O and draws time only from <see cref="Tick"/>. One thread at a time.
/// </summary>
/// <remarks>
/// The driver calls <see cref="Step"/>, <see cref="Tick"/> and the proposing methods, then while
/// <see cref="TryGetReady"/> gives work, does it and calls <see cref="Advance"/>. Every departure from the papers is
/// listed in docs/internals/raft.md.
/// </remarks>
public sealed partial class RaftNode
{
    private readonly RaftOptions _options;
    private readonly Prng _prng;
    private readonly ProgressTracker _tracker;
    private readonly RaftLog _log;
    private readonly List<Message> _messages = [];
    private readonly List<Message> _afterPersist = [];
    private readonly List<ReadState> _readStates = [];
    private readonly List<ulong> _droppedReads = [];
    private ulong _vote;
    private int _electionElapsed;
    private int _heartbeatElapsed;
    private int _electionTimeoutTicks;
    private readonly LeaderLease _lease;
    private long _ticks;
    private long _leaderHeardTick;
    private bool _snapshotNeeded;
    private HardState _persisted;
    private Ready? _outstanding;

    /// <summary>Begins where <paramref name="stable"/> ends, as a follower.</summary>
    public RaftNode(RaftOptions options, ILogReader stable, Prng prng)
    {
        options.Validate();
        _options = options;
        _prng = prng;
        _log = new RaftLog(stable);
        _lease = new LeaderLease(options.ElectionTicks);
        _tracker = new ProgressTracker(options.MaxInflightMessages, options.MaxInflightBytes);
        _persisted = stable.HardState;
        IsUnproven = options.IsUnproven;
        Term = Math.Max(_persisted.Term, stable.LatestSnapshot.Term);
        _vote = Term == _persisted.Term ? _persisted.Vote : 0;
        _log.CommitTo(Math.Min(_persisted.Commit, _log.LastIndex));
        // Whom it heard before it restarted it does not know; an empty log has heard nobody.
        _leaderHeardTick = HasFirstLog(_log.LastIndex) ? -options.ElectionTicks : 0;
        Install(stable.LatestSnapshot.Configuration);
        BecomeFollower(Term, 0);
    }

    public ulong Id => _options.Id;

    public ulong Term { get; private set; }

    public ulong Vote => _vote;

    public Role Role { get; private set; }

    /// <summary>The leader of <see cref="Term"/> as far as is known, 0 for none.</summary>
    public ulong LeaderId { get; private set; }

    public ulong CommitIndex => _log.Committed;

    /// <summary>The last entry handed out to be applied.</summary>
    public ulong AppliedIndex => _log.Applied;

    public ulong LastIndex => _log.LastIndex;

    public Membership Membership => _tracker.Membership;

    /// <summary>The progress of every member, kept up by a leader.</summary>
    public IReadOnlyDictionary<ulong, Progress> Progress => _tracker.Progress;

    /// <summary>
    /// Whether this member might have lost data that its vote and its acknowledgements once counted on (see
    /// <see cref="RaftOptions.IsUnproven"/>). Ends when it becomes leader, or when it holds everything that a leader has committed, up to an entry
    /// of that leader's own term.
    /// </summary>
    public bool IsUnproven { get; private set; }

    /// <summary>Whether it is a member without a vote.</summary>
    public bool IsLearner => _tracker.Membership.Learners.Contains(Id);

    /// <summary>The member that leadership is being handed to, 0 for none.</summary>
    public ulong TransferTarget { get; private set; }

    /// <summary>Bytes of the entries that this leader has taken and not committed yet.</summary>
    public long UncommittedBytes { get; private set; }

    /// <summary>The node's log, for tests and inspection.</summary>
    internal RaftLog Log => _log;

    /// <summary>Ticks without a leader that this member waits before it campaigns.</summary>
    internal int ElectionTimeoutTicks => _electionTimeoutTicks;

    /// <summary>
    /// The next work for the driver, if any. Between this and <see cref="Advance"/> nothing else may be called.
    /// </summary>
    /// <param name="maxCommittedBytes">Most bytes of committed entries wanted; 0 while the state machine is busy.</param>
    /// <param name="ready">The work.</param>
    public bool TryGetReady(long maxCommittedBytes, out Ready ready)
    {
        Invariant.Check(_outstanding is null);
        var hardState = new HardState(Term, _vote, _log.Committed);
        var entries = _log.Unstable.Entries;
        var committed = _log.NextCommitted(maxCommittedBytes);
        if (hardState == _persisted && entries.Count == 0 && committed.Count == 0 && _log.Unstable.Snapshot is null
            && _messages.Count == 0 && _afterPersist.Count == 0 && _readStates.Count == 0 && _droppedReads.Count == 0
            && !_snapshotNeeded)
        {
            ready = null!;
            return false;
        }

        ready = new Ready
        {
            HardState = hardState == _persisted ? null : hardState,
            MustSync = entries.Count > 0 || hardState.Term != _persisted.Term || hardState.Vote != _persisted.Vote,
            Entries = entries.Count == 0 ? [] : [.. entries],
            Snapshot = _log.Unstable.Snapshot,
            Committed = committed,
            Messages = Drain(_messages),
            MessagesAfterPersist = _afterPersist.Count == 0 ? [] : [.. _afterPersist.Where(m => m.To != Id)],
            ReadStates = Drain(_readStates),
            DroppedReads = Drain(_droppedReads),
            SnapshotNeeded = _snapshotNeeded,
        };
        _snapshotNeeded = false;
        _outstanding = ready;
        return true;
    }

    /// <summary>
    /// Says that the work of the last ready is done: its writes are as durable as it asked, its committed entries are
    /// in the hands of the state machine. Membership changes among them are to be handed to
    /// <see cref="ApplyConfChange"/> after this.
    /// </summary>
    public void Advance()
    {
        var ready = _outstanding;
        Invariant.Check(ready is not null);
        _outstanding = null;
        if (ready.HardState is { } hardState)
        {
            _persisted = hardState;
        }

        if (ready.Snapshot is { } snapshot)
        {
            _log.Unstable.StableSnapshotTo(snapshot.Index);
        }

        if (ready.Entries.Count > 0)
        {
            _log.Unstable.StableTo(ready.Entries[^1].Id);
        }

        if (ready.Committed.Count > 0)
        {
            _log.AppliedTo(ready.Committed[^1].Index);
            _confChangesOut = ready.Committed.Count(e => e.Type == EntryType.ConfChange);
            LeaveJointIfDone();
        }

        DeliverToSelf();
    }

    /// <summary>Counts what this member promised itself, now that it is durable: a leader's own entries, a
    /// candidate's own vote (the leader may write in parallel with its followers: dissertation, 10.2.1).</summary>
    private void DeliverToSelf()
    {
        if (_afterPersist.Count == 0)
        {
            return;
        }

        var own = _afterPersist.Where(m => m.To == Id).ToArray();
        _afterPersist.Clear();
        foreach (var message in own)
        {
            Step(message);
        }
    }

    private static IReadOnlyList<T> Drain<T>(List<T> list)
    {
        if (list.Count == 0)
        {
            return [];
        }

        var items = list.ToArray();
        list.Clear();
        return items;
    }

    private void Send(Message message)
    {
        Invariant.Check(message.From == Id);
        if (message.Type is MessageType.AppendResponse or MessageType.VoteResponse or MessageType.PreVoteResponse)
        {
            _afterPersist.Add(message);
            return;
        }

        Invariant.Check(message.To != Id && message.To != 0);
        _messages.Add(message);
    }
}
