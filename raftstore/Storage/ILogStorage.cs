using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Log;

namespace Kube.RaftStore.Storage;

/// <summary>
/// The durable state of one member: hard state, log and snapshots. Everything but <see cref="Snapshots"/> is called by
/// one thread, the member's driver; <see cref="Snapshots"/> may be used from any.
/// </summary>
/// <remarks>
/// After an exception other than <see cref="StorageFullException"/> the storage must not be used again: the member
/// stops, and the next start decides by what is on disk. A failed sync in particular is never retried, for the
/// kernel may have dropped the pages that it could not write.
/// </remarks>
public interface ILogStorage : ILogReader, IDisposable
{
    /// <summary>Files of whole states.</summary>
    ISnapshotStore Snapshots { get; }

    /// <summary>True when the space that is kept in reserve could not be had: new proposals should be refused,
    /// while what is under way still fits. Each append, and <see cref="RetryReserve"/>, tries again.</summary>
    bool IsLowOnSpace { get; }

    /// <summary>True from the making of an empty directory to <see cref="MarkProven"/>.</summary>
    bool IsUnproven { get; }

    /// <summary>Notes durably that this directory's member may vote (<see cref="RaftOptions.IsUnproven"/>).</summary>
    void MarkProven();

    /// <summary>The largest entry that can be stored, in bytes of data.</summary>
    int MaxEntryBytes { get; }

    /// <summary>
    /// Writes hard state and entries. Entries whose indexes the log holds already supersede those and all behind them.
    /// </summary>
    /// <param name="hardState">What to persist, null for no change. A new commit index alone may be kept in memory
    /// until the next write.</param>
    /// <param name="entries">Entries without gaps, the first at most one behind <see cref="ILogReader.LastIndex"/>.</param>
    /// <param name="sync">Whether all of it must be durable when the call returns.</param>
    /// <exception cref="StorageFullException">There is no room; nothing was written.</exception>
    /// <exception cref="StorageFaultException">The device failed.</exception>
    void Append(HardState? hardState, IReadOnlyList<Entry> entries, bool sync);

    /// <summary>
    /// Replaces the log by a received snapshot, which then is <see cref="ILogReader.LatestSnapshot"/>. Its file must be
    /// complete (<see cref="IReceivedSnapshot.Complete"/>); it gets its final name here. Durable when the call returns.
    /// </summary>
    void Install(SnapshotMetadata snapshot, HardState? hardState);

    /// <summary>Notes that a snapshot of this member's own state is in place, and forgets older ones.</summary>
    void SnapshotSaved(SnapshotMetadata snapshot);

    /// <summary>Forgets entries through <paramref name="index"/>, which a snapshot must cover.</summary>
    void Compact(ulong index);

    /// <summary>Tries to get the reserve that <see cref="IsLowOnSpace"/> misses.</summary>
    void RetryReserve();
}

/// <summary>Where snapshots are kept. Safe for use from many threads.</summary>
public interface ISnapshotStore
{
    /// <summary>
    /// Begins a snapshot of this member's own state. From now on what is freed of its value file stays there until the snapshot is gone.
    /// </summary>
    ISnapshotWriter Create(SnapshotMetadata snapshot);

    /// <summary>
    /// Opens the state in a snapshot that is in place. Length and checksum are verified as it is read: nothing may be
    /// relied on before its end, and reading it throws <see cref="StorageCorruptException"/> when it is not what was written.
    /// Its length is what it takes in the file. It may be an <see cref="Mvcc.IValueReferenceSource"/>; values that are taken as such are not verified.
    /// </summary>
    Stream OpenState(SnapshotMetadata snapshot);

    /// <summary>
    /// Opens a snapshot as it is to be sent, with all its values; null when it is gone, superseded by a newer one. It stays whole until it is
    /// disposed. It can be set to a later position.
    /// </summary>
    Stream? OpenToSend(SnapshotMetadata snapshot);

    /// <summary>Begins or resumes to receive what <see cref="OpenToSend"/> gives at a peer.</summary>
    IReceivedSnapshot Receive(SnapshotMetadata snapshot);
}

/// <summary>A snapshot being written. Disposed without <see cref="Commit"/>, it leaves nothing behind.</summary>
public interface ISnapshotWriter : IDisposable
{
    /// <summary>Where the state goes. Its length is what was written so far. It may be an <see cref="Mvcc.IValueReferenceSink"/>.</summary>
    Stream State { get; }

    /// <summary>Makes the snapshot durable and puts it in place. What it refers to is durable already.</summary>
    void Commit();
}

/// <summary>A snapshot being received. What was written stays for a resumption when it is disposed.</summary>
public interface IReceivedSnapshot : IDisposable
{
    /// <summary>Bytes that are here: where to go on.</summary>
    long OffsetBytes { get; }

    void Write(ReadOnlySpan<byte> chunk);

    /// <summary>
    /// Verifies the whole and makes it durable, still under a temporary name.
    /// </summary>
    /// <exception cref="StorageCorruptException">It is not sound; it was thrown away.</exception>
    void Complete();
}
