namespace Kube.RaftStore.Raft.Log;

/// <summary>
/// The durable part of the log as the protocol reads it. Called by the thread that drives the
/// <see cref="RaftNode"/>; it changes only between two calls of that node.
/// </summary>
public interface ILogReader
{
    /// <summary>What was persisted last; the default where nothing was.</summary>
    HardState HardState { get; }

    /// <summary>The newest snapshot known, complete or only the membership that the cluster began with.</summary>
    SnapshotMetadata LatestSnapshot { get; }

    /// <summary>The first entry that can be read; the term of the one before it is known too.</summary>
    ulong FirstIndex { get; }

    /// <summary>The last entry; <c>FirstIndex - 1</c> when there is none.</summary>
    ulong LastIndex { get; }

    /// <summary>The term of the entry at <paramref name="index"/>, from <c>FirstIndex - 1</c> to <see cref="LastIndex"/>;
    /// false outside.</summary>
    bool TryGetTerm(ulong index, out ulong term);

    /// <summary>
    /// Entries from <paramref name="low"/> up to but without <paramref name="high"/>, both inside the log: at least
    /// the first, and then as many as <paramref name="maxBytes"/> holds.
    /// </summary>
    IReadOnlyList<Entry> Read(ulong low, ulong high, long maxBytes);

    /// <summary>The snapshot that can be sent now, null while there is none (one has to be taken first).</summary>
    SnapshotMetadata? SnapshotToSend { get; }
}
