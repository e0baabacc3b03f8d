namespace Kube.RaftStore.Mvcc;

public sealed partial class MvccStore
{
    /// <summary>
    /// Takes a view of the whole store that later writes and compactions do not change. What it holds depends on
    /// the revisions alone, not on how far physical compaction has come.
    /// </summary>
    public StoreImage CaptureImage()
    {
        lock (_writer)
        {
            var view = Current;
            return new StoreImage(PinHistory(view.CompactRevision), view.Revision, view.CompactRevision, Kept(view));
        }
    }

    /// <summary>Begins to build the contents that <see cref="Adopt"/> puts in the place of the present ones.</summary>
    public StoreBuilder BeginRestore() => new(Values);

    /// <summary>
    /// Replaces the whole contents. Whoever holds a pin finishes on what he began with; other readers do, or find values gone. All
    /// history is that of the new contents: watchers must start over from their own positions.
    /// </summary>
    public void Adopt(StoreBuilder contents)
    {
        lock (_writer)
        {
            var before = Current;
            Values.EndAdoption();
            (_scan, _packAt) = (null, -1);
            Volatile.Write(ref _trimmedRevision, contents.CompactRevision);
            Publish(new View(
                contents.Tree, contents.Log, contents.Revision, contents.CompactRevision, contents.SizeBytes, contents.Count));
            _replaced.Enqueue(new Replaced(before.Log.Walk(0, before.Revision).GetEnumerator(), _contents++));
            Volatile.Write(ref _replacedCount, _replaced.Count);
        }
    }

    private static IEnumerable<KeyVersion> Kept(View view)
    {
        foreach (var version in view.Log.Walk(0, view.Revision))
        {
            if (version.ModRevision > view.CompactRevision || IsKept(view, version))
            {
                yield return version;
            }
        }
    }

    private static bool IsKept(View view, KeyVersion version)
        => ReferenceEquals(view.Tree.Find(version.Key)?.At(view.CompactRevision), version)
            && (!version.IsTombstone || version.ModRevision == view.CompactRevision);

    /// <summary>A view of the whole store, to be written out. Dispose it when done: it holds compaction back.</summary>
    public sealed class StoreImage(HistoryPin pin, long revision, long compactRevision, IEnumerable<KeyVersion> versions)
        : IDisposable
    {
        public long Revision { get; } = revision;

        public long CompactRevision { get; } = compactRevision;

        /// <summary>Every version readable or watchable at the view's revisions, in the order they were written.</summary>
        public IEnumerable<KeyVersion> Versions { get; } = versions;

        /// <inheritdoc/>
        public void Dispose() => pin.Dispose();
    }

    /// <summary>Contents in the making. Not thread-safe.</summary>
    public sealed class StoreBuilder
    {
        private readonly IValueStore _values;
        private readonly KeyTree.Edit _edit = new();
        private (long Main, int Sub) _last = (-1, 0);

        internal StoreBuilder(IValueStore values) => _values = values;

        public long Revision { get; set; } = 1;

        public long CompactRevision { get; set; } = -1;

        internal KeyTree Tree { get; private set; } = KeyTree.Empty;

        internal RevisionLog Log { get; } = new();

        internal long SizeBytes { get; private set; }

        internal long Count { get; private set; }

        /// <summary>The newest version of every key that is not deleted, in key order.</summary>
        public IEnumerable<KeyVersion> LiveVersions
        {
            get
            {
                var cursor = Tree.Seek([]);
                while (cursor.Next() is { } entry)
                {
                    if (entry.Head is { IsTombstone: false } version)
                    {
                        yield return version;
                    }
                }
            }
        }

        /// <summary>Whether values may come as the places where they lie.</summary>
        public bool HasReferences => _values.HasReferences;

        /// <summary>Adds a version; they come in the order in which they were written.</summary>
        /// <returns>False when the version cannot follow the one before it.</returns>
        public bool TryAdd(byte[] key, long main, int sub, long createRevision, long version, long lease, ReadOnlySpan<byte> value)
        {
            if (!CanFollow(key, main, sub, version))
            {
                return false;
            }
            Add(key, main, sub, createRevision, version, lease, version == 0 ? default : _values.Add(value));
            return true;
        }

        /// <summary>Adds a version whose value lies on disk.</summary>
        /// <returns>False when the version cannot follow the one before it, or is none that has a value.</returns>
        public bool TryAdd(byte[] key, long main, int sub, long createRevision, long version, long lease, in ValueReference value)
        {
            if (!CanFollow(key, main, sub, version) || version == 0)
            {
                return false;
            }
            Add(key, main, sub, createRevision, version, lease, _values.Adopt(value));
            return true;
        }

        private bool CanFollow(byte[] key, long main, int sub, long version)
            => (main, sub).CompareTo(_last) > 0 && key.Length > 0 && version >= 0 && sub >= 0;

        private void Add(byte[] key, long main, int sub, long createRevision, long version, long lease, ValueHandle value)
        {
            _last = (main, sub);
            var entry = Tree.Find(key);
            if (entry is null)
            {
                entry = new KeyEntry(key);
                Tree = Tree.Add(entry, _edit);
            }
            var added = new KeyVersion(entry.Key, main, sub, createRevision, version, lease, value, entry.Head);
            entry.Head = added;
            Log.Append(added);
            SizeBytes += CostOf(added);
            Count++;
        }
    }
}
