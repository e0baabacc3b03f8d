namespace Kube.RaftStore.Raft.Quorum;

/// <summary>Two sets of voters whose majorities must both agree (dissertation, 4.3); the second is empty
/// outside a joint change.</summary>
public sealed class JointConfig(MajorityConfig incoming, MajorityConfig outgoing)
{
    public MajorityConfig Incoming { get; } = incoming;

    public MajorityConfig Outgoing { get; } = outgoing;

    public bool IsJoint => Outgoing.Count > 0;

    /// <summary>Every voter of either half, ascending.</summary>
    public IReadOnlyList<ulong> Ids { get; } = [.. incoming.Ids.Union(outgoing.Ids).Order()];

    public bool Contains(ulong id) => Incoming.Contains(id) || Outgoing.Contains(id);

    /// <inheritdoc cref="MajorityConfig.CommittedIndex"/>
    public ulong CommittedIndex(Func<ulong, ulong> acknowledged) =>
        Math.Min(Incoming.CommittedIndex(acknowledged), Outgoing.CommittedIndex(acknowledged));

    /// <inheritdoc cref="MajorityConfig.Tally"/>
    public VoteResult Tally(Func<ulong, bool?> vote)
    {
        var first = Incoming.Tally(vote);
        var second = Outgoing.Tally(vote);
        if (first == second)
        {
            return first;
        }

        return first == VoteResult.Lost || second == VoteResult.Lost ? VoteResult.Lost : VoteResult.Pending;
    }

    public override string ToString() => IsJoint ? $"{Incoming}&&{Outgoing}" : Incoming.ToString();
}
