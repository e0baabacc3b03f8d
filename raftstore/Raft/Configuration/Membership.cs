using Kube.RaftStore.Raft.Quorum;

namespace Kube.RaftStore.Raft.Configuration;

/// <summary>The membership as the protocol uses it; immutable.</summary>
public sealed record Membership(JointConfig Voters, IReadOnlyList<ulong> Learners, IReadOnlyList<ulong> LearnersNext, bool AutoLeave)
{
    public static Membership Empty { get; } = new(new JointConfig(new MajorityConfig([]), new MajorityConfig([])), [], [], false);

    public bool IsJoint => Voters.IsJoint;

    public ConfState ToConfState() =>
        new(Voters.Incoming.Ids, Learners, Voters.Outgoing.Ids, LearnersNext, AutoLeave);

    public static Membership From(ConfState state) => new(
        new JointConfig(new MajorityConfig(state.Voters), new MajorityConfig(state.VotersOutgoing)),
        state.Learners, state.LearnersNext, state.AutoLeave);
}
