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
        if (Role == Role.Leader)
        {
            TellRemoved(progress);
        }

        _tracker.Switch(membership, progress);
        if (Role == Role.Leader)
        {
            ContinueAsLeader();
        }

        LeaveJointIfDone();
        return membership.ToConfState();
    }

    /// <summary>Tells members that go how far is committed: nobody sends to them afterwards, and one that has the change in
    /// its log can apply it and see that it is out.</summary>
    private void TellRemoved(SortedDictionary<ulong, Progress> staying)
    {
        foreach (var (id, progress) in _tracker.Progress)
        {
            if (id != Id && !staying.ContainsKey(id))
            {
                SendHeartbeat(id, progress);
            }
        }
    }

    private void ContinueAsLeader()
    {
        if (!_tracker.Membership.Voters.Contains(Id))
        {
            // Removed or demoted: it has brought the change through, which was its last duty (dissertation, 4.2.2).
            // The others need to hear that it is committed: the one voter left of two could not elect itself before.
            BroadcastAppend();
            BroadcastHeartbeat();
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
