using Kube.Base;

namespace Kube.RaftStore.Raft;

/// <summary>Where messages come in: the rules about terms, then one method per message.</summary>
public sealed partial class RaftNode
{
    /// <summary>Takes a message from another member. Whatever is late, doubled or not for this role changes nothing.</summary>
    public void Step(Message message)
    {
        Invariant.Check(_outstanding is null);
        if (message.To != Id || message.Type == MessageType.None)
        {
            return;
        }

        if (IsOutsideTerms(message.Type) || AdmitTerm(message))
        {
            Dispatch(message);
        }
    }

    /// <summary>Types that neither raise a term nor are refused for an old one.</summary>
    private static bool IsOutsideTerms(MessageType type) =>
        type is MessageType.Propose or MessageType.ReadIndex or MessageType.TransferLeader;

    /// <summary>The rules for all servers (paper, figure 2), with leader stickiness (dissertation, 4.2.3) and
    /// pre-vote (9.6); false when the message ends here.</summary>
    private bool AdmitTerm(Message message)
    {
        if (message.Term == Term)
        {
            return true;
        }

        return message.Term > Term ? AdmitNewerTerm(message) : AnswerOlderTerm(message);
    }

    private bool AdmitNewerTerm(Message message)
    {
        var isRequest = message.Type is MessageType.Vote or MessageType.PreVote;
        if (isRequest && !message.LeaderTransfer && HearsFromLeader)
        {
            return false;
        }

        // A pre-vote is for a term that nobody is in yet; so is a granted answer to one.
        if (message.Type == MessageType.PreVote || (message.Type == MessageType.PreVoteResponse && !message.Reject))
        {
            return true;
        }

        var fromLeader = message.Type is MessageType.Append or MessageType.Heartbeat or MessageType.Snapshot;
        BecomeFollower(message.Term, fromLeader ? message.From : 0);
        return true;
    }

    /// <summary>Whether a leader was heard from within the shortest election time-out: then no vote is given.</summary>
    private bool HearsFromLeader => _options.CheckQuorum && LeaderId != 0 && _electionElapsed < _options.ElectionTicks;

    /// <summary>Answers that teach an old leader or candidate the term, where it would learn it no other way.</summary>
    private bool AnswerOlderTerm(Message message)
    {
        switch (message.Type)
        {
            // Under check-quorum and pre-vote this member may be unable to raise the others' term by campaigning.
            case MessageType.Append or MessageType.Heartbeat when _options.CheckQuorum || _options.PreVote:
                Send(Reply(message, MessageType.AppendResponse));
                break;
            case MessageType.PreVote:
                Send(new Message { Type = MessageType.PreVoteResponse, From = Id, To = message.From, Term = Term, Reject = true });
                break;
        }

        return false;
    }

    private void Dispatch(Message message)
    {
        switch (message.Type)
        {
            case MessageType.Vote or MessageType.PreVote:
                OnVoteRequest(message);
                break;
            case MessageType.VoteResponse or MessageType.PreVoteResponse:
                OnVoteResponse(message);
                break;
            case MessageType.Append:
                FollowSender(message);
                OnAppend(message);
                break;
            case MessageType.Heartbeat:
                FollowSender(message);
                OnHeartbeat(message);
                break;
            case MessageType.Snapshot:
                FollowSender(message);
                OnSnapshot(message);
                break;
            case MessageType.TimeoutNow:
                OnTimeoutNow();
                break;
            case MessageType.Propose:
                OnForwardedProposals(message);
                break;
            case MessageType.ReadIndex:
                OnReadIndex(message);
                break;
            case MessageType.ReadIndexResponse:
                OnReadIndexResponse(message);
                break;
            case MessageType.TransferLeader:
                TransferLeader(message.Context);
                break;
            default:
                OnFollowerAnswer(message);
                break;
        }
    }

    private void OnFollowerAnswer(Message message)
    {
        if (Role != Role.Leader || !_tracker.Progress.TryGetValue(message.From, out var progress))
        {
            return;
        }

        progress.RecentActive = true;
        if (message.Type == MessageType.AppendResponse)
        {
            OnAppendResponse(message, progress);
        }
        else if (message.Type == MessageType.HeartbeatResponse)
        {
            OnHeartbeatResponse(message, progress);
        }
    }

    /// <summary>A message only a leader sends, in this member's term: there is the leader (paper, 5.2).</summary>
    private void FollowSender(Message message)
    {
        Invariant.Check(Role != Role.Leader, $"two leaders in term {Term}: {Id} and {message.From}");
        if (Role != Role.Follower)
        {
            BecomeFollower(Term, message.From);
        }

        Invariant.Check(LeaderId == 0 || LeaderId == message.From, $"two leaders in term {Term}: {LeaderId} and {message.From}");
        _electionElapsed = 0;
        _leaderHeardTick = _ticks;
        LeaderId = message.From;
    }

    private Message Reply(Message to, MessageType type, ulong index = 0) =>
        new() { Type = type, From = Id, To = to.From, Term = Term, Index = index };
}
