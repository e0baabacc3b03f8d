using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Storage;

namespace Kube.RaftStore.Server.Replication;

/// <summary>What the apply loop tells the rest of the member.</summary>
public sealed partial class ReplicatedLog
{
    private Turn TurnApply()
    {
        try
        {
            if (_apply.TakeTurn() is var turn and not Turn.Ended)
            {
                return turn;
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }

        _apply.FailReads(Stopped());
        return Turn.Ended;
    }

    /// <summary>Answers whoever proposed an entry here.</summary>
    private void Complete(Entry entry, object? answer)
    {
        if (entry.Proposal.Proposer != _options.MemberId || !TryClaim(entry.Proposal.Sequence, out var proposal))
        {
            return;
        }

        if (entry.Type == EntryType.RefusedConfChange)
        {
            proposal.Fail(Refusal(entry));
            return;
        }

        proposal.Succeed(answer);
    }

    private static ReplicationException Refusal(Entry entry) => (ConfChangeRefusal)(entry.Data.IsEmpty ? 0 : entry.Data.Span[0]) switch
    {
        ConfChangeRefusal.Pending => new(ReplicationFailure.ConfChangePending, "another membership change is under way"),
        ConfChangeRefusal.Stale => new(ReplicationFailure.ConfChangePending, "the membership has changed meanwhile"),
        ConfChangeRefusal.LearnerNotReady => new(ReplicationFailure.LearnerNotReady, "the learner is too far behind"),
        _ => new(ReplicationFailure.ConfChangeRefused, "the membership does not admit this change"),
    };

    private void OnTermApplied(ulong term) => _inbox.Post(() =>
    {
        ProposeAgain(term);
        ProposeUnsent();
    });

    /// <summary>Hands a snapshot that was written to the driver, which then may shorten the log.</summary>
    private void OnSnapshotTaken(SnapshotMetadata snapshot) => _inbox.Post(() =>
    {
        _storage.SnapshotSaved(snapshot);
        try
        {
            _storage.Compact(snapshot.Index > _options.SnapshotCatchUpEntries ? snapshot.Index - _options.SnapshotCatchUpEntries : 0);
        }
        catch (StorageFullException)
        {
            // The next snapshot shortens the log; until then it only takes more room.
            _isLowOnSpace = true;
        }

        LogSnapshot(_logger, _options.MemberId, snapshot.Index, _storage.FirstIndex);
    });

    private void OnSnapshotFailed(Exception exception, ulong index) =>
        LogSnapshotFailed(_logger, exception, _options.MemberId, index);
}
