using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Storage;

namespace Kube.RaftStore.Server.Replication;

/// <summary>
/// The driver: one loop that alone touches the node and writes the storage. Each turn takes everything that waits,
/// hands it to the node, and does the node's work with one sync for all of it.
/// </summary>
public sealed partial class ReplicatedLog
{
    private readonly ReadQueue _reads = new();
    private readonly List<PendingProposal> _unsent = [];
    private readonly List<Action> _deferred = [];
    private Ready? _stalled;
    private SharedState _shared;

    private Turn TurnDriver()
    {
        try
        {
            if (_inbox.TryTake(out var batch, out var isClosed))
            {
                Take(batch);
                return Turn.Worked;
            }

            if (!isClosed)
            {
                return Turn.Idle;
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }

        FailAll();
        return Turn.Ended;
    }

    private void Take(Inbox.Batch batch)
    {
        if (_stalled is not null && !TryFinishStalled(batch.Ticks > 0))
        {
            // The disk is full: this member takes part in nothing until there is room.
            _unsent.AddRange(batch.Proposals);
            _reads.Add(batch.Reads);
            _deferred.AddRange(batch.Actions);
            ExpireRequests(batch.Ticks);
            return;
        }

        TakeIn(batch);
        DoReadyWork();
        if (_storage.IsUnproven && !_node.IsUnproven)
        {
            _storage.MarkProven();
        }

        PublishStatus();
    }

    private void TakeIn(Inbox.Batch batch)
    {
        foreach (var message in batch.Messages)
        {
            _node.Step(message);
        }

        foreach (var peer in batch.Unreachable)
        {
            _node.ReportUnreachable(peer);
        }

        foreach (var action in _deferred.Concat(batch.Actions))
        {
            action();
        }

        _deferred.Clear();

        for (var i = 0; i < batch.Ticks; i++)
        {
            _node.Tick();
            TickCampaign();
        }

        if (batch.Ticks > 0)
        {
            _storage.RetryReserve();
            // While proposals are refused nothing is written that would tell.
            _isLowOnSpace = _storage.IsLowOnSpace;
        }

        ExpireRequests(batch.Ticks);
        _unsent.AddRange(batch.Proposals);
        ProposeUnsent();
        _reads.Add(batch.Reads);
        AskForReads();
    }

    private void DoReadyWork()
    {
        while (_node.TryGetReady(_apply.BudgetBytes, out var ready))
        {
            _transport.Send(ready.Messages);
            if (ready.SnapshotNeeded)
            {
                _apply.WantSnapshot();
            }

            TakeReadStates(ready);
            if (!TryPersist(ready))
            {
                _stalled = ready;
                return;
            }

            Finish(ready);
        }
    }

    /// <summary>Writes what a ready asks for; false when the disk is full, and then nothing is written.</summary>
    private bool TryPersist(Ready ready)
    {
        try
        {
            if (ready.Snapshot is { } snapshot)
            {
                LogInstall(_logger, _options.MemberId, snapshot.Index);
                _storage.Install(snapshot, ready.HardState);
            }

            if (ready.HardState is not null || ready.Entries.Count > 0)
            {
                _storage.Append(ready.HardState, ready.Entries, ready.MustSync);
            }

            if (_storage.IsLowOnSpace && !_isLowOnSpace)
            {
                LogFull(_logger, _options.MemberId, "the disk is nearly full");
            }

            _isLowOnSpace = _storage.IsLowOnSpace;
            return true;
        }
        catch (StorageFullException e)
        {
            if (!_isLowOnSpace)
            {
                LogFull(_logger, _options.MemberId, e.Message);
            }

            _isLowOnSpace = true;
            return false;
        }
    }

    private bool TryFinishStalled(bool ticked)
    {
        if (!ticked || !TryPersist(_stalled!))
        {
            return false;
        }

        var ready = _stalled!;
        _stalled = null;
        Finish(ready);
        DoReadyWork();
        return _stalled is null;
    }

    private void Finish(Ready ready)
    {
        _transport.Send(ready.MessagesAfterPersist);
        _node.Advance();
        if (ready.Snapshot is { } snapshot)
        {
            MarkUnknown();
            _apply.EnqueueSnapshot(snapshot);
            OnMembership(snapshot.Configuration);
        }

        if (ready.Committed.Count > 0)
        {
            HandToApply(ready.Committed);
        }
    }

    /// <summary>Puts membership changes in force and hands entries on to be applied.</summary>
    private void HandToApply(IReadOnlyList<Entry> committed)
    {
        List<ConfState>? configurations = null;
        long bytes = 0;
        foreach (var entry in committed)
        {
            bytes += entry.SizeBytes;
            if (entry.Type == EntryType.ConfChange)
            {
                var state = _node.ApplyConfChange(ConfChangeCodec.Decode(entry.Data, out _));
                (configurations ??= []).Add(state);
                OnMembership(state);
            }
        }

        _apply.Enqueue(new ApplyItem(committed, configurations ?? [], null, bytes));
    }

    private void OnMembership(ConfState state)
    {
        LogMembership(_logger, _options.MemberId, state);
        MembershipChanged?.Invoke(state);
    }

    private void PublishStatus()
    {
        var before = _shared;
        if (before.Describes(_node))
        {
            return;
        }

        var now = new SharedState(_node, before.Membership, before);
        Volatile.Write(ref _shared, now);
        if (before.LeaderId != now.LeaderId || before.Term != now.Term)
        {
            LogLeader(_logger, _options.MemberId, now.Term, now.LeaderId, _node.Role);
            LeadershipChanged?.Invoke(Status);
        }
    }

    /// <summary>What other threads see of the node: replaced as a whole, never changed.</summary>
    private sealed class SharedState
    {
        private readonly Raft.Configuration.Membership _source;

        public SharedState(RaftNode node, ConfState known, SharedState? before = null)
        {
            LeaderId = node.LeaderId;
            Term = node.Term;
            CommitIndex = node.CommitIndex;
            IsLearner = node.IsLearner;
            _source = node.Membership;
            Membership = before is not null && ReferenceEquals(_source, before._source) ? known : KnownOr(_source.ToConfState(), known);
            MatchIndexes = node.Role == Role.Leader
                ? node.Progress.Where(p => p.Key != node.Id).ToDictionary(p => p.Key, p => p.Value.Match)
                : new Dictionary<ulong, ulong>();
        }

        private static ConfState KnownOr(ConfState membership, ConfState known) => membership.Equals(known) ? known : membership;

        public ulong LeaderId { get; }

        public ulong Term { get; }

        public ulong CommitIndex { get; }

        public bool IsLearner { get; }

        public ConfState Membership { get; }

        public IReadOnlyDictionary<ulong, ulong> MatchIndexes { get; }

        public bool Describes(RaftNode node) =>
            LeaderId == node.LeaderId && Term == node.Term && CommitIndex == node.CommitIndex && ReferenceEquals(_source, node.Membership);
    }
}
