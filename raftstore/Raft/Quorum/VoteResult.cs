namespace Kube.RaftStore.Raft.Quorum;

/// <summary>How an election stands.</summary>
public enum VoteResult : byte
{
    /// <summary>Neither side can be sure yet.</summary>
    Pending = 0,
    Lost = 1,
    Won = 2,
}
