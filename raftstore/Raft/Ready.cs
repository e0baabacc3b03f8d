namespace Kube.RaftStore.Raft;

/// <summary>
/// What has to be done before the node can go on. The driver, in this order: sends <see cref="Messages"/>;
/// installs <see cref="Snapshot"/>; persists <see cref="HardState"/> and <see cref="Entries"/>, durably if
/// <see cref="MustSync"/>; sends <see cref="MessagesAfterPersist"/>; has <see cref="Committed"/> applied; then calls
/// <see cref="RaftNode.Advance"/>. Sending the first messages may overlap with persisting: they promise nothing.
/// </summary>
public sealed class Ready
{
    /// <summary>The hard state to persist, null when it has not changed.</summary>
    public HardState? HardState { get; init; }

    /// <summary>Whether the writes must be durable before <see cref="MessagesAfterPersist"/> go out. A new commit
    /// index alone need not be.</summary>
    public bool MustSync { get; init; }

    /// <summary>Entries to append; the first may supersede stored ones.</summary>
    public IReadOnlyList<Entry> Entries { get; init; } = [];

    /// <summary>A received snapshot to install in place of the whole log and state.</summary>
    public SnapshotMetadata? Snapshot { get; init; }

    /// <summary>Entries to apply, in order, each exactly once in a run of the node.</summary>
    public IReadOnlyList<Entry> Committed { get; init; } = [];

    public IReadOnlyList<Message> Messages { get; init; } = [];

    /// <summary>Messages that vouch for what is being persisted: votes given and entries taken.</summary>
    public IReadOnlyList<Message> MessagesAfterPersist { get; init; } = [];

    public IReadOnlyList<ReadState> ReadStates { get; init; } = [];

    /// <summary>Marks of reads that were given up because leadership ended or too many wait: to be asked again.</summary>
    public IReadOnlyList<ulong> DroppedReads { get; init; } = [];

    /// <summary>True when a follower needs a snapshot and the storage has none to send: one should be taken.</summary>
    public bool SnapshotNeeded { get; init; }
}
