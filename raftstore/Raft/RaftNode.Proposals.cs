using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Raft.Tracker;

namespace Kube.RaftStore.Raft;

/// <summary>What became of a proposal at the node.</summary>
public enum ProposeResult : byte
{
    /// <summary>In this leader's log, in its term.</summary>
    Appended,

    /// <summary>On its way to the leader of this term; it can enter the log only in this term.</summary>
    Forwarded,

    /// <summary>No leader is known, or leadership is being handed over; nothing was proposed.</summary>
    NoLeader,

    /// <summary>Too many bytes wait to be committed; nothing was proposed.</summary>
    QuotaExceeded,
}

/// <summary>A proposal as the driver hands it in.</summary>
public readonly record struct Proposal(EntryType Type, ProposalId Id, ReadOnlyMemory<byte> Data)
{
    public long SizeBytes => Data.Length + Entry.OverheadBytes;
}

/// <summary>Proposals, forwarded or appended, with the quota on what is not committed.</summary>
public sealed partial class RaftNode
{
    private readonly Queue<(ulong LastIndex, long Bytes)> _quotaTaken = new();
    private readonly Dictionary<(ulong Member, ulong Life), ulong> _takenFrom = [];
    private ulong _pendingConfIndex;
    private ulong _life;
    private ulong _forwarded;

    /// <summary>
    /// Proposes commands or membership changes, in order: all or none of them. The data is kept, not copied.
    /// </summary>
    public ProposeResult Propose(IReadOnlyList<Proposal> proposals)
    {
        if (Role != Role.Leader)
        {
            return Forward(proposals);
        }

        if (TransferTarget != 0 || !_tracker.Progress.ContainsKey(Id))
        {
            return ProposeResult.NoLeader;
        }

        var bytes = proposals.Sum(p => p.SizeBytes);
        if (!HasQuota(bytes))
        {
            return ProposeResult.QuotaExceeded;
        }

        AppendOwn([.. proposals.Select(p => (AdmittedType(p), p.Id, p.Data))]);
        TakeQuota(bytes);
        BroadcastAppend();
        return ProposeResult.Appended;
    }

    private ProposeResult Forward(IReadOnlyList<Proposal> proposals)
    {
        if (LeaderId == 0)
        {
            return ProposeResult.NoLeader;
        }

        if (_life == 0)
        {
            // Proposals are numbered across restarts: the first one names this life of the member.
            _life = proposals[0].Id.Sequence;
        }

        // The term binds them: a leader of a later term does not take them, so that the proposer may propose
        // again once it has applied an entry of that later term.
        Send(new Message
        {
            Type = MessageType.Propose,
            From = Id,
            To = LeaderId,
            Term = Term,
            Context = _life,
            Index = ++_forwarded,
            Entries = [.. proposals.Select(p => new Entry(0, 0, p.Type, p.Id, p.Data))],
        });
        return ProposeResult.Forwarded;
    }

    private void OnForwardedProposals(Message message)
    {
        if (Role == Role.Leader && message.Term == Term && IsFirstTaking(message))
        {
            Propose([.. message.Entries.Select(e => new Proposal(e.Type, e.Proposal, e.Data))]);
        }
    }

    /// <summary>
    /// Whether forwarded proposals come for the first time. A network may double them, and an entry more is a command more;
    /// one that others of the same member have overtaken counts as lost.
    /// </summary>
    private bool IsFirstTaking(Message message)
    {
        var from = (message.From, message.Context);
        // Messages of a version that does not number them.
        if (message.Index == 0)
        {
            return true;
        }

        if (_takenFrom.TryGetValue(from, out var last) && message.Index <= last)
        {
            return false;
        }

        _takenFrom[from] = message.Index;
        return true;
    }

    private void AppendOwn(IReadOnlyList<(EntryType Type, ProposalId Id, ReadOnlyMemory<byte> Data)> proposals)
    {
        var entries = new Entry[proposals.Count];
        var index = _log.LastIndex;
        for (var i = 0; i < entries.Length; i++)
        {
            index++;
            var (type, id, data) = proposals[i];
            if (type == EntryType.ConfChange && !TryAdmitConfChange(data, index, out var refusal))
            {
                (type, data) = (EntryType.RefusedConfChange, new[] { (byte)refusal });
            }

            entries[i] = new Entry(Term, index, type, id, data);
        }

        _log.Append(entries);
        // Counts for the quorum only once it is durable here.
        Send(new Message { Type = MessageType.AppendResponse, From = Id, To = Id, Term = Term, Index = index });
    }

    /// <summary>A proposer cannot pass off a change as admitted or refused: that is the leader's word.</summary>
    private static EntryType AdmittedType(Proposal proposal) =>
        proposal.Type == EntryType.Normal ? EntryType.Normal : EntryType.ConfChange;

    /// <summary>
    /// Whether a change may enter the log: one at a time (dissertation, 4.1), and one that the configuration in
    /// force admits.
    /// </summary>
    private bool TryAdmitConfChange(ReadOnlyMemory<byte> data, ulong index, out ConfChangeRefusal refusal)
    {
        refusal = ConfChangeRefusal.NotAllowed;
        if (_pendingConfIndex > _log.Applied || _confChangesOut > 0)
        {
            refusal = ConfChangeRefusal.Pending;
            return false;
        }

        try
        {
            var change = ConfChangeCodec.Decode(data, out _);
            if (change.Base != 0 && change.Base != _tracker.Membership.ToConfState().Fingerprint)
            {
                refusal = ConfChangeRefusal.Stale;
                return false;
            }

            if (change.LearnersMustBeReady && !change.Steps.All(IsReadyToVote))
            {
                refusal = ConfChangeRefusal.LearnerNotReady;
                return false;
            }

            new ConfChanger(_tracker, _log.LastIndex).Apply(change);
        }
        catch (Exception e) when (e is ConfChangeException or FormatException)
        {
            return false;
        }

        _pendingConfIndex = index;
        return true;
    }

    /// <summary>Whether a step is no promotion, or one of a learner that has nine tenths of the log, as in etcd: as a voter
    /// that still has to be filled it would only make the quorum larger.</summary>
    private bool IsReadyToVote(ConfChangeStep step) =>
        step.Kind != ConfChangeKind.AddVoter || !_tracker.Membership.Learners.Contains(step.MemberId)
        || _tracker.Progress[step.MemberId].Match >= _log.LastIndex - (_log.LastIndex / 10);

    private bool HasQuota(long bytes) =>
        // Anything goes through an empty log end, else an entry above the quota never would.
        UncommittedBytes == 0 || UncommittedBytes + bytes <= _options.MaxUncommittedBytes;

    private void TakeQuota(long bytes)
    {
        UncommittedBytes += bytes;
        _quotaTaken.Enqueue((_log.LastIndex, bytes));
    }

    private void ReleaseQuota()
    {
        while (_quotaTaken.TryPeek(out var taken) && taken.LastIndex <= _log.Committed)
        {
            UncommittedBytes -= taken.Bytes;
            _quotaTaken.Dequeue();
        }
    }
}
