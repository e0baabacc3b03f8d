using Kube.RaftStore.Raft;
using Kube.RaftStore.Transport;

namespace Kube.RaftStore.Server.Replication;

/// <summary>The settings of a <see cref="ReplicatedLog"/>; defaults and names are etcd's where it has one.</summary>
public sealed record ReplicatedLogOptions
{
    /// <summary>This member's id, not 0.</summary>
    public required ulong MemberId { get; init; }

    /// <summary>The members and where they listen, this one included or not. Later ones come by
    /// <see cref="ReplicatedLog.SetPeers"/>.</summary>
    public IReadOnlyList<RaftPeer> Peers { get; init; } = [];

    /// <summary>--heartbeat-interval: the length of a tick.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>--election-timeout; rounded to heartbeats, at least five.</summary>
    public TimeSpan ElectionTimeout { get; init; } = TimeSpan.FromMilliseconds(1000);

    /// <summary>--pre-vote.</summary>
    public bool PreVote { get; init; } = true;

    public ReadMode ReadMode { get; init; } = ReadMode.Quorum;

    /// <summary>
    /// --snapshot-count: fewest entries applied between two snapshots. While they are smaller than the last snapshot, up to ten times as many.
    /// </summary>
    public ulong SnapshotCount { get; init; } = 10_000;

    /// <summary>--experimental-snapshot-catchup-entries: entries kept behind a snapshot for slow followers.</summary>
    public ulong SnapshotCatchUpEntries { get; init; } = 5_000;

    /// <summary>Proposals and reads at most wait this long; null for etcd's 5 s and two election time-outs.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>Most proposals that wait for their outcome; more are refused.</summary>
    public int MaxPendingProposals { get; init; } = 20_000;

    /// <summary>Most bytes of proposals that wait for their outcome; more are refused.</summary>
    public long MaxPendingProposalBytes { get; init; } = 64L << 20;

    /// <summary>Most reads that wait for a read index; more are refused.</summary>
    public int MaxPendingReads { get; init; } = 100_000;

    /// <summary>Most messages from peers that wait to be read; more are lost.</summary>
    public int MaxInboxMessages { get; init; } = 16_384;

    /// <summary>Most bytes of messages from peers that wait to be read; more are lost.</summary>
    public long MaxInboxBytes { get; init; } = 128L << 20;

    /// <summary>Most bytes of committed entries that wait to be applied; then the log is not read on.</summary>
    public long MaxApplyQueueBytes { get; init; } = 32L << 20;

    /// <summary>Most bytes of entries in one message to a follower; a single entry may be larger.</summary>
    internal long MaxMessageBytes { get; init; } = 1 << 20;

    /// <summary>What gives the member's loops their turns.</summary>
    internal ILoopRunner Loops { get; init; } = ThreadLoops.Instance;

    internal TimeSpan EffectiveRequestTimeout => RequestTimeout ?? TimeSpan.FromSeconds(5) + (2 * ElectionTimeout);

    internal RaftOptions ToRaftOptions() => new()
    {
        Id = MemberId,
        HeartbeatTicks = 1,
        ElectionTicks = Math.Max(5, (int)Math.Round(ElectionTimeout / HeartbeatInterval)),
        PreVote = PreVote,
        CheckQuorum = true,
        ReadMode = ReadMode,
        MaxMessageBytes = MaxMessageBytes,
    };
}
