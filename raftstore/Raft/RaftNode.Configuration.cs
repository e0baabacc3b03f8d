using Kube.Base;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Raft.Tracker;

namespace Kube.RaftStore.Raft;

/// <summary>Membership changes: in force once their entry is committed and handed out, as in etcd, and not once it is
/// in the log, as in the dissertation (docs/internals/raft.md says why that is sound).</summary>
public sealed partial class RaftNode
{
    /// <summary>Membership changes that a ready handed out and <see cref="ApplyConfChange"/> has not put in force yet.</summary>
    private int _confChangesOut;

    /// <summary>
    /// Puts a committed membership change in force. To be called for every <see cref="EntryType.ConfChange"/> entry,
    /// in log order, after the <see cref="Advance"/> of the ready that brought it.
    /// </summary>
    /// <returns>The membership now in force.</returns>
    public ConfState ApplyConfChange(ConfChange change)
    {
        Invariant.Check(_confChangesOut > 0);
        _confChangesOut--;
        var (membership, progress) = new ConfChanger(_tracker, _log.LastIndex).Apply(change);
        _tracker.Switch(membership, progress);
        if (Role == Role.Leader)
        {
            ContinueAsLeader();
        }

        LeaveJointIfDone();
        return membership.ToConfState();
    }

    private void ContinueAsLeader()
    {
        if (!_tracker.Membership.Voters.Contains(Id))
        {
            // Removed or demoted: it has brought the change through, which was its last duty (dissertation, 4.2.2).
            BecomeFollower(Term, 0);
            return;
        }

        if (TransferTarget != 0 && !_tracker.Membership.Voters.Contains(TransferTarget))
        {
            TransferTarget = 0;
        }

        // A smaller quorum may have more already; a new member should not wait for the next heartbeat.
        if (TryCommit())
        {
            BroadcastAppend();
            return;
        }

        foreach (var (id, progress) in _tracker.Progress)
        {
            if (id != Id)
            {
                TrySendAppend(id, progress, evenIfEmpty: false);
            }
        }

        // Fewer answers may do for the reads that wait.
        AnswerProvedReads();
    }

    /// <summary>Leaves a joint configuration that is to be left by itself once nothing of it waits to be applied.</summary>
    private void LeaveJointIfDone()
    {
        if (Role == Role.Leader && _confChangesOut == 0 && _tracker.Membership is { IsJoint: true, AutoLeave: true } && _log.Applied >= _pendingConfIndex)
        {
            AppendOwn([(EntryType.ConfChange, ProposalId.None, ConfChangeCodec.Encode(ConfChange.LeaveJoint))]);
            BroadcastAppend();
        }
    }
}
