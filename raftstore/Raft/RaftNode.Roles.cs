using Kube.Base;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Raft.Tracker;

namespace Kube.RaftStore.Raft;

/// <summary>The four roles and the clock that moves between them.</summary>
public sealed partial class RaftNode
{
    /// <summary>Moves the node's only clock on by one tick.</summary>
    public void Tick()
    {
        Invariant.Check(_outstanding is null);
        _ticks++;
        if (Role == Role.Leader)
        {
            TickLeader();
            return;
        }

        _electionElapsed++;
        if (IsPromotable && _electionElapsed >= _electionTimeoutTicks)
        {
            Campaign();
        }
    }

    /// <summary>Campaigns now instead of after the election time-out; with pre-vote, harmless where a leader lives.
    /// Does nothing on a leader or on a member without a vote.</summary>
    public void Campaign()
    {
        _electionElapsed = 0;
        if (Role != Role.Leader && CanCampaign && !IsBoundByLease)
        {
            StartElection(_options.PreVote ? Election.PreVote : Election.Vote);
        }
    }

    /// <summary>Gives up the leader it knows of, as after its process was seen to die: pre-votes of others are then
    /// granted without waiting for the election time-out. Safe at any time.</summary>
    public void ForgetLeader()
    {
        if (Role == Role.Follower && LeaderId != 0)
        {
            LeaderId = 0;
        }
    }

    private void TickLeader()
    {
        _heartbeatElapsed++;
        _electionElapsed++;
        if (_electionElapsed >= _options.ElectionTicks)
        {
            _electionElapsed = 0;
            if (_options.CheckQuorum)
            {
                CheckQuorum();
            }

            // A successor that has not taken over within an election time-out will not (dissertation, 3.10).
            TransferTarget = 0;
        }

        if (Role == Role.Leader && _heartbeatElapsed >= _options.HeartbeatTicks)
        {
            _heartbeatElapsed = 0;
            if (_options.ReadMode == ReadMode.Lease)
            {
                _lease.Sent(_reads.Begin(), _ticks);
            }

            BroadcastHeartbeat();
        }
    }

    private void CheckQuorum()
    {
        if (_tracker.Progress.TryGetValue(Id, out var own))
        {
            own.RecentActive = true;
        }

        if (!_tracker.IsQuorumActive)
        {
            BecomeFollower(Term, 0);
            return;
        }

        foreach (var (id, progress) in _tracker.Progress)
        {
            progress.RecentActive = id == Id;
        }
    }

    private bool IsPromotable =>
        _log.Unstable.Snapshot is null && _tracker.Membership.Voters.Contains(Id);

    /// <summary>A membership change that is committed but not in force here could make this member campaign in a
    /// configuration that is gone.</summary>
    private bool CanCampaign => IsPromotable && _confChangesOut == 0 && !HasUnappliedConfChange();

    /// <summary>Whether a log that ends there holds nothing but the place of the first membership.</summary>
    private static bool HasFirstLog(ulong lastIndex) => lastIndex <= 1;

    private bool HasUnappliedConfChange()
    {
        var low = _log.Applied + 1;
        while (low <= _log.Committed)
        {
            var entries = _log.Read(low, _log.Committed + 1, _options.MaxMessageBytes);
            foreach (var entry in entries)
            {
                if (entry.Type == EntryType.ConfChange)
                {
                    return true;
                }
            }

            low += (ulong)entries.Count;
        }

        return false;
    }

    private void BecomeFollower(ulong term, ulong leader)
    {
        Reset(term);
        Role = Role.Follower;
        LeaderId = leader;
    }

    private void BecomePreCandidate()
    {
        Invariant.Check(Role != Role.Leader);
        // Neither term nor vote changes: nothing is promised by asking.
        _tracker.ResetVotes();
        Role = Role.PreCandidate;
        LeaderId = 0;
        DrawElectionTimeout();
    }

    private void BecomeCandidate()
    {
        Invariant.Check(Role != Role.Leader);
        Reset(Term + 1);
        _vote = Id;
        Role = Role.Candidate;
    }

    private void BecomeLeader()
    {
        Invariant.Check(Role is Role.Candidate or Role.PreCandidate);
        Reset(Term);
        Role = Role.Leader;
        LeaderId = Id;
        IsUnproven = false;
        var own = _tracker.Progress[Id];
        own.BecomeReplicate();
        own.RecentActive = true;
        // A change of an earlier term may be among the entries not committed yet: none is proposed until they are.
        _pendingConfIndex = _log.LastIndex;
        AppendOwn([(EntryType.Normal, ProposalId.None, ReadOnlyMemory<byte>.Empty)]);
    }

    private void Reset(ulong term)
    {
        if (Term != term)
        {
            Invariant.Check(term > Term);
            Term = term;
            _vote = 0;
        }

        LeaderId = 0;
        _electionElapsed = 0;
        _heartbeatElapsed = 0;
        DrawElectionTimeout();
        TransferTarget = 0;
        _tracker.ResetVotes();
        DropReads();
        _lease.Reset();
        _pendingConfIndex = 0;
        UncommittedBytes = 0;
        _quotaTaken.Clear();
        _takenFrom.Clear();
        var next = new SortedDictionary<ulong, Progress>();
        foreach (var (id, progress) in _tracker.Progress)
        {
            next[id] = _tracker.NewProgress(id == Id ? _log.LastIndex : 0, _log.LastIndex + 1, progress.IsLearner);
        }

        _tracker.Switch(_tracker.Membership, next);
    }

    private void DrawElectionTimeout() =>
        _electionTimeoutTicks = _options.ElectionTicks + _prng.Next(_options.ElectionTicks);

    private void Install(ConfState state)
    {
        var membership = Membership.From(state);
        var progress = new SortedDictionary<ulong, Progress>();
        foreach (var id in state.Members)
        {
            progress[id] = _tracker.NewProgress(id == Id ? _log.LastIndex : 0, _log.LastIndex + 1, membership.Learners.Contains(id));
        }

        _tracker.Switch(membership, progress);
    }
}
