namespace Kube.RaftStore.Raft;

/// <summary>Linearizable reads without log entries (dissertation, 6.4).</summary>
public sealed partial class RaftNode
{
    private readonly ReadRounds _reads = new();
    private readonly List<(ulong Asker, ulong Context)> _waitingReads = [];

    /// <summary>
    /// Asks for a read index, from the leader if this member is not it. The answer comes as a
    /// <see cref="ReadState"/> or a dropped read with <paramref name="context"/>; where a message was lost, never:
    /// the caller asks again after a while.
    /// </summary>
    /// <returns>False when no leader is known.</returns>
    public bool ReadIndex(ulong context)
    {
        if (Role == Role.Leader)
        {
            TakeRead(Id, context);
            return true;
        }

        if (LeaderId == 0)
        {
            return false;
        }

        Send(new Message { Type = MessageType.ReadIndex, From = Id, To = LeaderId, Term = Term, Context = context });
        return true;
    }

    private void OnReadIndex(Message message)
    {
        if (Role == Role.Leader)
        {
            TakeRead(message.From, message.Context);
        }
    }

    private void OnReadIndexResponse(Message message)
    {
        if (Role == Role.Follower)
        {
            _readStates.Add(new ReadState(message.Index, message.Context));
        }
    }

    private void TakeRead(ulong asker, ulong context)
    {
        if (_reads.Count + _waitingReads.Count >= _options.MaxPendingReads)
        {
            Drop(asker, context);
            return;
        }

        if (_log.TermAt(_log.Committed) != Term)
        {
            // Until an entry of its own term is committed, a leader does not know how far its predecessors got.
            _waitingReads.Add((asker, context));
            return;
        }

        StartRead(asker, context);
        if (_reads.Count > 0)
        {
            BroadcastHeartbeat();
        }
    }

    private void StartRead(ulong asker, ulong context)
    {
        var alone = _tracker.Membership.Voters.Ids.Count == 1 && _tracker.Membership.Voters.Contains(Id);
        if (alone || (_options.ReadMode == ReadMode.Lease && _lease.HoldsAt(_ticks)))
        {
            AnswerRead(asker, context, _log.Committed);
            return;
        }

        _reads.Add(asker, context, _log.Committed);
    }

    private void StartWaitingReads()
    {
        if (_waitingReads.Count == 0 || _log.TermAt(_log.Committed) != Term)
        {
            return;
        }

        foreach (var (asker, context) in _waitingReads)
        {
            StartRead(asker, context);
        }

        _waitingReads.Clear();
        if (_reads.Count > 0)
        {
            BroadcastHeartbeat();
        }
    }

    /// <summary>
    /// Whether this member's silence is counted on: with lease reads, a follower that heard its leader within an election
    /// time-out, or may have before it restarted, elects nobody unless that leader wants it.
    /// </summary>
    private bool IsBoundByLease => _options.ReadMode == ReadMode.Lease && _ticks - _leaderHeardTick < _options.ElectionTicks;

    private void AnswerProvedReads()
    {
        if (_reads.Count == 0 && _options.ReadMode == ReadMode.Quorum)
        {
            return;
        }

        var proved = _tracker.Membership.Voters.CommittedIndex(id => id == Id ? _reads.Latest : _reads.AnsweredBy(id));
        _lease.Proved(proved);
        while (_reads.TryTake(proved, out var read))
        {
            AnswerRead(read.Asker, read.Context, read.Index);
        }
    }

    private void AnswerRead(ulong asker, ulong context, ulong index)
    {
        if (asker == Id)
        {
            _readStates.Add(new ReadState(index, context));
            return;
        }

        Send(new Message { Type = MessageType.ReadIndexResponse, From = Id, To = asker, Term = Term, Index = index, Context = context });
    }

    private void DropReads()
    {
        foreach (var (asker, context) in _waitingReads)
        {
            Drop(asker, context);
        }

        _waitingReads.Clear();
        while (_reads.TryTake(ulong.MaxValue, out var read))
        {
            Drop(read.Asker, read.Context);
        }

        _reads.Clear();
    }

    private void Drop(ulong asker, ulong context)
    {
        if (asker == Id)
        {
            _droppedReads.Add(context);
        }
    }
}
