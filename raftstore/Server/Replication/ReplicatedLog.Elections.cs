using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Server.Replication;

/// <summary>
/// Elections without waiting for the time-out, where the transport shows that there is no leader to wait for: at the start,
/// once a quorum is connected, and when the leader's process is seen to end. Members take turns by rank, so that
/// they do not split the vote; pre-vote keeps all of it harmless where it is mistaken.
/// </summary>
public sealed partial class ReplicatedLog
{
    private readonly HashSet<ulong> _connected = [];
    private int _campaignCountdownTicks = -1;
    private bool _hadLeader;

    private void OnConnected(ulong peer)
    {
        if (_connected.Add(peer))
        {
            CampaignIfQuorumIsConnected();
        }
    }

    private void OnDisconnected(ulong peer, bool isGone)
    {
        _connected.Remove(peer);
        // A lease counts on followers to wait out the time-out.
        if (isGone && peer == _node.LeaderId && _options.ReadMode == ReadMode.Quorum)
        {
            _node.ForgetLeader();
            ScheduleCampaign();
        }
    }

    private void CampaignIfQuorumIsConnected()
    {
        _hadLeader |= _node.LeaderId != 0;
        if (!_hadLeader && IsQuorumConnected)
        {
            ScheduleCampaign();
        }
    }

    private bool IsQuorumConnected =>
        _node.Membership.Voters.Tally(id => id == _node.Id || _connected.Contains(id)) == Raft.Quorum.VoteResult.Won
        && _node.Membership.Voters.Contains(_node.Id);

    private void ScheduleCampaign()
    {
        var rank = _node.Membership.Voters.Ids.Count(id => id < _node.Id && _connected.Contains(id));
        _campaignCountdownTicks = 2 * rank;
        if (rank == 0)
        {
            CampaignNow();
        }
    }

    private void TickCampaign()
    {
        if (_campaignCountdownTicks > 0 && --_campaignCountdownTicks == 0)
        {
            CampaignNow();
        }
    }

    private void CampaignNow()
    {
        _campaignCountdownTicks = -1;
        if (_node.LeaderId == 0)
        {
            _node.Campaign();
        }
    }
}
