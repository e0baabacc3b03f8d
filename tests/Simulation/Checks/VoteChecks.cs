using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Quorum;
using Kube.RaftStore.Simulation.Core;

namespace Kube.RaftStore.Simulation.Checks;

/// <summary>What elections rest on, seen from outside and across all lives of a member.</summary>
internal sealed class VoteChecks(World world, bool withPreVote)
{
    private readonly Dictionary<(ulong Member, ulong Term), ulong> _votes = [];
    private readonly HashSet<(ulong Candidate, ulong Term, ulong From)> _preVotes = [];
    private readonly HashSet<(ulong Candidate, ulong Term)> _toldToCampaign = [];
    private readonly HashSet<(ulong Candidate, ulong Term)> _campaigns = [];
    private readonly HashSet<(ulong Member, ulong Term, Role Role)> _looked = [];

    public void OnArrival(Message message)
    {
        switch (message.Type)
        {
            case MessageType.VoteResponse when !message.Reject:
                OnVote(message.From, message.Term, message.To);
                break;
            case MessageType.PreVoteResponse when !message.Reject:
                _preVotes.Add((message.To, message.Term, message.From));
                break;
            case MessageType.TimeoutNow:
                _toldToCampaign.Add((message.To, message.Term + 1));
                break;
        }
    }

    public void AfterTurn(ulong member, RaftNode node)
    {
        if (node.Role is not (Role.Candidate or Role.Leader) || (node.Role == Role.Candidate && !withPreVote) || !_looked.Add((member, node.Term, node.Role)))
        {
            return;
        }

        if (node.Role == Role.Leader)
        {
            // It counted its own vote.
            OnVote(member, node.Term, member);
        }

        if (withPreVote && _campaigns.Add((member, node.Term)) && !_toldToCampaign.Contains((member, node.Term))
            && node.Membership.Voters.Tally(id => id == member || _preVotes.Contains((member, node.Term, id))) != VoteResult.Won)
        {
            world.Fail($"pre-vote: member {member} campaigns in term {node.Term}, and no quorum has said that it would vote for it");
        }
    }

    private void OnVote(ulong from, ulong term, ulong candidate)
    {
        if (!_votes.TryAdd((from, term), candidate) && _votes[(from, term)] != candidate)
        {
            world.Fail($"votes: member {from} has voted for members {_votes[(from, term)]} and {candidate} in term {term}");
        }
    }
}
