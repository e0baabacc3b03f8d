using System.Runtime.InteropServices;
using Kube.Base;

namespace Kube.RaftStore.Mvcc;

public sealed partial class MvccStore
{
    private readonly WriteTransaction _write;
    private int _writersWaiting;

    /// <summary>
    /// Begins the changes of one main revision; holds the writer's lock until it is disposed, on the same thread.
    /// Readers see nothing of it before <see cref="WriteTransaction.Commit"/>.
    /// </summary>
    public WriteTransaction BeginWrite()
    {
        if (!_writer.TryEnter())
        {
            Interlocked.Increment(ref _writersWaiting);
            _writer.Enter();
            Interlocked.Decrement(ref _writersWaiting);
        }
        _write.Begin(Current);
        return _write;
    }

    /// <summary>
    /// Changes that become one main revision together. It cannot be rolled back once something is changed:
    /// whoever changes checks first.
    /// </summary>
    public sealed class WriteTransaction : IDisposable
    {
        private readonly MvccStore _store;
        private View _base = null!;
        private KeyTree _tree = null!;
        private KeyTree.Edit? _edit;
        private int _newKeys;
        private long _sizeBytes;
        private int _changes;
        private bool _open;

        internal WriteTransaction(MvccStore store) => _store = store;

        /// <summary>Main revision that a read in this transaction sees: the next one once something is changed.</summary>
        public long Revision => _changes == 0 ? _base.Revision : _base.Revision + 1;

        /// <summary>Number of changes so far.</summary>
        public int ChangeCount => _changes;

        internal void Begin(View view)
        {
            Invariant.Check(!_open);
            _open = true;
            _base = view;
            _tree = view.Tree;
            _edit = null;
            _newKeys = 0;
            _sizeBytes = view.SizeBytes;
            _changes = 0;
        }

        /// <summary>Reads, the changes of this transaction included.</summary>
        public RangeResult Range(in RangeQuery query)
            => _store.Range(_base with { Tree = _tree }, query, Revision, out _);

        /// <summary>
        /// The state as it is now, the changes of this transaction so far included, to be read later and from other threads. What is
        /// read must be kept by a pin that was set at or before the revisions read.
        /// </summary>
        public ReadView Capture()
        {
            // Keys that come from now on are put into copies.
            _edit = null;
            _newKeys = 0;
            return new ReadView(_store, _base with { Tree = _tree, Revision = Revision, Changes = _changes == 0 ? int.MaxValue : _changes });
        }

        /// <summary>The newest version of a key that is not deleted, the changes of this transaction included, or null.</summary>
        public KeyVersion? Get(ReadOnlySpan<byte> key)
            => _tree.Find(key)?.Head is { IsTombstone: false } version ? version : null;

        /// <summary>Writes a new version of a key. Neither the key's nor the value's memory may change afterwards.</summary>
        /// <returns>The version written; its <see cref="KeyVersion.Previous"/> is what it replaces.</returns>
        public KeyVersion Put(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long lease)
        {
            Invariant.Check(_open);
            var main = _base.Revision + 1;
            var entry = _tree.Find(key.Span);
            if (entry is null)
            {
                entry = new KeyEntry(OwnArray(key));
                // The first new key copies a path; from the second on, copies are changed in place.
                _edit = _newKeys++ == 1 ? new KeyTree.Edit() : _edit;
                _tree = _tree.Add(entry, _edit);
            }
            var previous = entry.Head;
            var isNew = previous is null || previous.IsTombstone;
            var version = new KeyVersion(
                entry.Key,
                main,
                _changes,
                isNew ? main : previous!.CreateRevision,
                isNew ? 1 : previous!.Version + 1,
                lease,
                _store.Values.Add(value.Span),
                previous);
            Append(entry, version);
            return version;
        }

        /// <summary>Deletes a range.</summary>
        /// <returns>The versions that were deleted, in key order.</returns>
        public IReadOnlyList<KeyVersion> DeleteRange(KeyRange range)
        {
            Invariant.Check(_open);
            if (range.IsSingle)
            {
                return _tree.Find(range.Start) is { Head: { IsTombstone: false } only } entry ? [Delete(entry, only)] : [];
            }
            if (range.IsEmpty)
            {
                return [];
            }
            var deleted = new List<KeyVersion>();
            var cursor = _tree.Seek(range.Start);
            while (cursor.Next() is { } entry && range.IsBeforeEnd(entry.Key))
            {
                if (entry.Head is { IsTombstone: false } version)
                {
                    deleted.Add(Delete(entry, version));
                }
            }
            return deleted;
        }

        /// <summary>Lets readers see the changes.</summary>
        /// <returns>The store's revision from now on: the next one if something was changed.</returns>
        public long Commit()
        {
            Invariant.Check(_open);
            if (_changes > 0)
            {
                _store.Publish(_base with
                {
                    Tree = _tree,
                    Revision = _base.Revision + 1,
                    SizeBytes = _sizeBytes,
                    VersionCount = _base.VersionCount + _changes,
                });
                _base = _store.Current;
                _changes = 0;
                _edit = null;
                _newKeys = 0;
            }
            return _base.Revision;
        }

        /// <summary>Lets the next writer in.</summary>
        public void Dispose()
        {
            Invariant.Check(_changes == 0, $"{_changes} changes were neither committed nor prevented");
            _open = false;
            _store._writer.Exit();
        }

        private KeyVersion Delete(KeyEntry entry, KeyVersion current)
        {
            Append(entry, new KeyVersion(entry.Key, _base.Revision + 1, _changes, 0, 0, 0, default, current));
            return current;
        }

        private void Append(KeyEntry entry, KeyVersion version)
        {
            entry.Head = version;
            _base.Log.Append(version);
            _sizeBytes += CostOf(version);
            _changes++;
        }

        private static byte[] OwnArray(ReadOnlyMemory<byte> memory)
            => MemoryMarshal.TryGetArray(memory, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
                ? segment.Array
                : memory.ToArray();
    }
}
