namespace Kube.RaftStore.Raft;

/// <summary>What a member must find again after a crash before it may answer anyone (Raft paper, figure 2).</summary>
/// <param name="Term">The latest term it has seen.</param>
/// <param name="Vote">The candidate it voted for in that term, 0 for none.</param>
/// <param name="Commit">The commit index it knew; only a hint after a restart, for a leader tells it again.</param>
public readonly record struct HardState(ulong Term, ulong Vote, ulong Commit);

/// <summary>The role of a member.</summary>
public enum Role : byte
{
    Follower = 0,
    PreCandidate = 1,
    Candidate = 2,
    Leader = 3,
}

/// <summary>A read index that has been proved: reads at it are linearizable once the state machine has applied it.</summary>
/// <param name="Index">The index to wait for.</param>
/// <param name="Context">What the caller gave to <see cref="RaftNode.ReadIndex"/>.</param>
public readonly record struct ReadState(ulong Index, ulong Context);
