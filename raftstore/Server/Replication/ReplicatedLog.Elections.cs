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
    private const int MaxCampaigns = 4;

    private int _campaignCountdownTicks = -1;
    private int _campaignsLeft;
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
        _campaignsLeft = MaxCampaigns;
        _campaignCountdownTicks = Rank;
        if (_campaignCountdownTicks == 0)
        {
            CampaignNow();
        }
    }

    /// <summary>How many connected voters come before this member: they try first.</summary>
    private int Rank => _node.Membership.Voters.Ids.Count(id => id < _node.Id && _connected.Contains(id));

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
        if (_node.LeaderId != 0 || _campaignsLeft == 0)
        {
            return;
        }

        // Others may see a moment later that there is no leader: those who were asked too early are asked again.
        _campaignsLeft--;
        _campaignCountdownTicks = 1 + _node.Membership.Voters.Ids.Count;
        _node.Campaign();
    }
}
