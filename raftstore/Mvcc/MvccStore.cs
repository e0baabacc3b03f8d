namespace Kube.RaftStore.Mvcc;

/// <summary>
/// The multi-version key space: every change makes a new main revision, older revisions stay readable until compacted.
/// </summary>
/// <remarks>
/// One writer at a time (the lock <see cref="_writer"/> orders writes and physical compaction); any number of readers,
/// who take no lock: they hold an immutable <see cref="View"/> and walk structures that only grow, and where physical
/// compaction may have cut under a long read, the read notices by the compaction revision and is done again or refused.
/// </remarks>
public sealed partial class MvccStore
{
    private readonly Lock _writer = new();
    private View _view;

    public MvccStore(IValueStore values)
    {
        Values = values;
        _view = new View(KeyTree.Empty, new RevisionLog(), 1, -1, 0, 0);
        _write = new WriteTransaction(this);
    }

    /// <summary>Where the values are.</summary>
    public IValueStore Values { get; }

    /// <summary>The newest main revision; 1 for an empty store, as in etcd.</summary>
    public long CurrentRevision => Current.Revision;

    /// <summary>Revisions before this one cannot be read; -1 before the first compaction.</summary>
    public long CompactRevision => Current.CompactRevision;

    /// <summary>Keys in the index, deleted but not yet compacted ones included.</summary>
    public int IndexedKeys => Current.Tree.Count;

    /// <summary>Bytes of keys, values and their bookkeeping held, versions not yet compacted included.</summary>
    public long SizeBytes => Current.SizeBytes;

    /// <summary>Versions held.</summary>
    public long VersionCount => Current.VersionCount;

    private View Current => Volatile.Read(ref _view);

    private void Publish(View view) => Volatile.Write(ref _view, view);

    /// <summary>Estimate of what one version costs besides its value.</summary>
    private static long CostOf(KeyVersion version) => 96 + version.Key.Length + version.Value.Length;

    /// <summary>One state of the store, consistent in itself.</summary>
    internal sealed record View(
        KeyTree Tree, RevisionLog Log, long Revision, long CompactRevision, long SizeBytes, long VersionCount)
    {
        /// <summary>Of the changes of <see cref="Revision"/>, how many are seen: not all of them amid a transaction.</summary>
        public int Changes { get; init; } = int.MaxValue;

        public int ChangesAt(long revision) => revision == Revision ? Changes : int.MaxValue;
    }
}
