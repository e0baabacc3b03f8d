using Kube.RaftStore.Raft.Tracker;

namespace Kube.RaftStore.Raft;

/// <summary>Leadership transfer (dissertation, 3.10).</summary>
public sealed partial class RaftNode
{
    /// <summary>
    /// Hands leadership to a voter, or asks the leader to. It has ended when <see cref="LeaderId"/> changes; after an
    /// election time-out without that it is given up. Meanwhile the leader takes no proposals.
    /// </summary>
    /// <returns>False when it cannot begin: no leader, or not to that member.</returns>
    public bool TransferLeader(ulong target)
    {
        if (Role != Role.Leader)
        {
            if (LeaderId == 0 || LeaderId == target)
            {
                return false;
            }

            Send(new Message { Type = MessageType.TransferLeader, From = Id, To = LeaderId, Term = Term, Context = target });
            return true;
        }

        if (target == Id || !_tracker.Membership.Voters.Contains(target) || !_tracker.Progress.TryGetValue(target, out var progress))
        {
            return false;
        }

        if (TransferTarget == target)
        {
            return true;
        }

        _electionElapsed = 0;
        TransferTarget = target;
        if (progress.Match == _log.LastIndex)
        {
            SendTimeoutNow(target);
        }
        else
        {
            progress.FlowPaused = false;
            TrySendAppend(target, progress, evenIfEmpty: true);
        }

        return true;
    }

    private void ContinueTransfer(ulong from, Progress progress)
    {
        if (from == TransferTarget && progress.Match == _log.LastIndex)
        {
            SendTimeoutNow(from);
        }
    }

    private void SendTimeoutNow(ulong to)
    {
        // It may arrive late, even after the transfer was given up, and the vote it leads to heeds no lease.
        _lease.Forfeit();
        Send(new Message { Type = MessageType.TimeoutNow, From = Id, To = to, Term = Term });
    }
}
