namespace Kube.RaftStore.Raft;

/// <summary>How a leader proves that it still leads before it answers a read.</summary>
public enum ReadMode : byte
{
    /// <summary>By a round of heartbeats that a quorum answers: independent of clocks.</summary>
    Quorum = 0,

    /// <summary>By its lease (dissertation, 6.4.1) while it has one: no round, but stale reads where members' ticks drift apart by
    /// more than a fifth. The same on all members. Needs <see cref="RaftOptions.CheckQuorum"/>.</summary>
    Lease = 1,
}

/// <summary>The settings of a <see cref="RaftNode"/>.</summary>
public sealed record RaftOptions
{
    /// <summary>This member's id, not 0.</summary>
    public required ulong Id { get; init; }

    /// <summary>Ticks without word from a leader before a follower campaigns; the actual wait is drawn from
    /// [this, 2 x this).</summary>
    public int ElectionTicks { get; init; } = 10;

    /// <summary>Ticks between two heartbeats of a leader.</summary>
    public int HeartbeatTicks { get; init; } = 1;

    public bool PreVote { get; init; } = true;

    /// <summary>A leader that has not heard from a quorum for an election time-out steps down, and followers
    /// that hear from their leader refuse votes.</summary>
    public bool CheckQuorum { get; init; } = true;

    public ReadMode ReadMode { get; init; } = ReadMode.Quorum;

    /// <summary>Most bytes of entries in one append; one entry goes through whatever its size.</summary>
    public long MaxMessageBytes { get; init; } = 1 << 20;

    /// <summary>Most appends on their way to one follower.</summary>
    public int MaxInflightMessages { get; init; } = 256;

    /// <summary>Most bytes on their way to one follower.</summary>
    public long MaxInflightBytes { get; init; } = 32L << 20;

    /// <summary>Most bytes of entries that a leader takes before they are committed; more is refused.</summary>
    public long MaxUncommittedBytes { get; init; } = 64L << 20;

    /// <summary>Reads per read round that the leader keeps waiting; more are dropped and asked again.</summary>
    public int MaxPendingReads { get; init; } = 65_536;

    /// <summary>
    /// Whether this member begins with an empty data directory that nothing has filled yet. Another of its name may have
    /// voted and acknowledged before: until a leader has filled it, its vote counts only where every voter grants.
    /// </summary>
    public bool IsUnproven { get; init; }

    /// <summary>Throws when the settings contradict one another.</summary>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfZero(Id);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(HeartbeatTicks);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ElectionTicks, HeartbeatTicks);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxInflightMessages);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxMessageBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxInflightBytes, MaxMessageBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxUncommittedBytes);
        if (ReadMode == ReadMode.Lease && !CheckQuorum)
        {
            throw new ArgumentException("lease reads need check-quorum: without it a deposed leader keeps its lease for ever");
        }
    }
}
