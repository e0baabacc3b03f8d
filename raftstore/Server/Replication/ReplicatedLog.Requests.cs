using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Server.Replication;

/// <summary>What clients of this member wait for, on the driver's side.</summary>
public sealed partial class ReplicatedLog
{
    private const long MaxForwardBytes = 1 << 20;

    /// <summary>Proposes what has not been, as far as there is a leader to take it.</summary>
    private void ProposeUnsent()
    {
        if (_unsent.Count == 0 || _node.LeaderId == 0 || _node.TransferTarget != 0)
        {
            return;
        }

        _unsent.RemoveAll(p => !_proposals.ContainsKey(p.Id.Sequence));
        var start = 0;
        while (start < _unsent.Count)
        {
            var batch = new List<Proposal>();
            long bytes = 0;
            var end = start;
            for (; end < _unsent.Count && (batch.Count == 0 || bytes < MaxForwardBytes); end++)
            {
                var pending = _unsent[end];
                // Before the node has it: what is in flight in a term is what may come back in it.
                pending.AttemptTerm = _node.Term;
                batch.Add(new Proposal(pending.Type, pending.Id, pending.Data));
                bytes += pending.Data.Length;
            }

            var result = _node.Propose(batch);
            if (result is ProposeResult.NoLeader)
            {
                _unsent.GetRange(start, end - start).ForEach(p => p.AttemptTerm = 0);
                break;
            }

            if (result is ProposeResult.QuotaExceeded)
            {
                Refuse(start, end);
            }

            start = end;
        }

        _unsent.RemoveRange(0, start);
    }

    private void Refuse(int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            if (TryClaim(_unsent[i].Id.Sequence, out var proposal))
            {
                proposal.Fail(TooMany());
            }
        }
    }

    /// <summary>
    /// Proposes again what can no longer come to pass in its own term: this member has applied an entry of a later term,
    /// and an entry of the earlier one can only stand before that.
    /// </summary>
    private void ProposeAgain(ulong appliedTerm)
    {
        foreach (var proposal in _proposals.Values)
        {
            if (proposal.AttemptTerm == 0 || proposal.AttemptTerm >= appliedTerm)
            {
                continue;
            }

            if (!proposal.IsUnknown)
            {
                proposal.AttemptTerm = 0;
                _unsent.Add(proposal);
            }
            else if (TryClaim(proposal.Id.Sequence, out _))
            {
                proposal.Fail(new ReplicationException(ReplicationFailure.LeaderChanged, "etcdserver: leader changed"));
            }
        }
    }

    /// <summary>
    /// Marks what is in flight when a snapshot takes the place of entries that this member will never see: whether
    /// the proposals are among them it cannot tell, and must not propose them again. They may still come behind it.
    /// </summary>
    private void MarkUnknown()
    {
        foreach (var proposal in _proposals.Values)
        {
            proposal.IsUnknown |= proposal.AttemptTerm != 0;
        }
    }

    private void AskForReads()
    {
        var now = _time.GetTimestamp();
        if (_reads.HasRound && _time.GetElapsedTime(_reads.StartedTimestamp, now) > 5 * _options.HeartbeatInterval)
        {
            // Question or answer were lost on the way.
            _reads.AbandonRound();
        }

        if (_reads.HasRound || !_reads.HasWaiting)
        {
            return;
        }

        var context = _reads.StartRound(now);
        if (!_node.ReadIndex(context))
        {
            _reads.AbandonRound();
        }
    }

    private void TakeReadStates(Ready ready)
    {
        foreach (var state in ready.ReadStates)
        {
            if (_reads.IsRound(state.Context))
            {
                _apply.CompleteAt(state.Index, _reads.TakeRound());
            }
        }

        foreach (var context in ready.DroppedReads)
        {
            if (_reads.IsRound(context))
            {
                _reads.AbandonRound();
            }
        }

        AskForReads();
    }

    private void ExpireRequests(int ticks)
    {
        if (ticks == 0)
        {
            return;
        }

        var now = _time.GetTimestamp();
        // The dictionary itself, not its values: those are a copy made under all its locks.
        foreach (var (_, proposal) in _proposals)
        {
            if (proposal.DeadlineTimestamp <= now && TryClaim(proposal.Id.Sequence, out _))
            {
                proposal.Fail(TimedOut(isProposed: proposal.AttemptTerm != 0));
            }
        }

        foreach (var read in _reads.TakeExpired(now))
        {
            read.Fail(TimedOut(isProposed: true));
        }

        _apply.ExpireReads(now);
    }

    private ReplicationException TimedOut(bool isProposed)
    {
        if (!isProposed)
        {
            return new ReplicationException(ReplicationFailure.NoLeader, "etcdserver: no leader");
        }

        return new ReplicationException(ReplicationFailure.Timeout, "etcdserver: request timed out");
    }
}
