using Kube.RaftStore.Raft.Quorum;

namespace Kube.RaftStore.Raft;

/// <summary>Elections (paper, 5.2 and 5.4.1) with pre-vote (dissertation, 9.6).</summary>
public sealed partial class RaftNode
{
    private enum Election : byte
    {
        PreVote,
        Vote,

        /// <summary>At the leader's wish: without pre-vote, and its lease does not stand against it.</summary>
        Transfer,
    }

    private void StartElection(Election election)
    {
        ulong term;
        MessageType request;
        if (election == Election.PreVote)
        {
            BecomePreCandidate();
            request = MessageType.PreVote;
            term = Term + 1;
        }
        else
        {
            BecomeCandidate();
            request = MessageType.Vote;
            term = Term;
        }

        var last = _log.LastId;
        foreach (var id in _tracker.Membership.Voters.Ids)
        {
            if (id == Id)
            {
                // Counted once it is durable, as a vote of anyone else.
                Send(new Message { Type = ResponseTo(request), From = Id, To = Id, Term = term, IsUnproven = IsUnproven });
                continue;
            }

            Send(new Message
            {
                Type = request,
                From = Id,
                To = id,
                Term = term,
                Index = last.Index,
                LogTerm = last.Term,
                LeaderTransfer = election == Election.Transfer,
            });
        }
    }

    private static MessageType ResponseTo(MessageType request) =>
        request == MessageType.PreVote ? MessageType.PreVoteResponse : MessageType.VoteResponse;

    /// <summary>
    /// Learners vote when asked: a member that was promoted may not have learnt of it yet (dissertation, 4.2.2: servers vote whatever configuration
    /// they know). So does a member that may have lost its data, and says so.
    /// </summary>
    private void OnVoteRequest(Message message)
    {
        var isPreVote = message.Type == MessageType.PreVote;
        var free = _vote == message.From
            || (_vote == 0 && LeaderId == 0)
            || (isPreVote && message.Term > Term);
        var bound = IsBoundByLease && !message.LeaderTransfer;
        var granted = free && !bound && _log.IsUpToDate(new EntryId(message.LogTerm, message.Index));
        if (granted && !isPreVote)
        {
            _electionElapsed = 0;
            _vote = message.From;
        }

        Send(new Message
        {
            Type = ResponseTo(message.Type),
            From = Id,
            To = message.From,
            // A pre-vote is granted in the term asked about, and refused in one's own, from which the asker learns.
            Term = granted ? message.Term : Term,
            Reject = !granted,
            IsUnproven = IsUnproven,
        });
    }

    private void OnVoteResponse(Message message)
    {
        var awaited = Role switch
        {
            Role.PreCandidate => MessageType.PreVoteResponse,
            Role.Candidate => MessageType.VoteResponse,
            _ => MessageType.None,
        };
        if (message.Type != awaited || (awaited == MessageType.PreVoteResponse && !message.Reject && message.Term != Term + 1))
        {
            return;
        }

        _tracker.RecordVote(message.From, !message.Reject, message.IsUnproven);
        switch (_tracker.Tally())
        {
            case VoteResult.Won when Role == Role.PreCandidate:
                StartElection(Election.Vote);
                break;
            case VoteResult.Won:
                BecomeLeader();
                BroadcastAppend();
                break;
            case VoteResult.Lost:
                BecomeFollower(Term, 0);
                break;
        }
    }

    private void OnTimeoutNow()
    {
        if (Role == Role.Follower && CanCampaign)
        {
            StartElection(Election.Transfer);
        }
    }
}
