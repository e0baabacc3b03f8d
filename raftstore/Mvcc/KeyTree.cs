namespace Kube.RaftStore.Mvcc;

/// <summary>A key in the index, with the newest of its versions. The chain of versions hangs on it.</summary>
internal sealed class KeyEntry(byte[] key)
{
    private KeyVersion? _head;

    public byte[] Key { get; } = key;

    /// <summary>The newest version, tombstones included. Written by the one writer, read by anyone.</summary>
    public KeyVersion? Head
    {
        get => Volatile.Read(ref _head);
        set => Volatile.Write(ref _head, value);
    }

    /// <summary>The newest version at or before a revision, tombstones included.</summary>
    /// <param name="revision">The main revision.</param>
    /// <param name="changes">Of the changes of that revision itself, how many count.</param>
    public KeyVersion? At(long revision, int changes = int.MaxValue)
    {
        var version = Head;
        while (version is not null && (version.ModRevision > revision || (version.ModRevision == revision && version.Sub >= changes)))
        {
            version = version.Previous;
        }
        return version;
    }
}

/// <summary>
/// An immutable B+tree of keys in byte order: a change copies the nodes on one path and leaves every older
/// root as it was, so readers need no lock and the writer never waits for them. Only the coming and going of
/// keys changes the tree; a further version of a known key does not.
/// </summary>
internal sealed partial class KeyTree
{
    private const int MaxEntries = 64;
    private const int MinEntries = MaxEntries / 4;

    public static readonly KeyTree Empty = new(new Leaf([], 0, null), 0);

    private readonly Node _root;

    private KeyTree(Node root, int count)
    {
        _root = root;
        Count = count;
    }

    /// <summary>Number of keys.</summary>
    public int Count { get; }

    public KeyEntry? Find(ReadOnlySpan<byte> key)
    {
        var node = _root;
        while (node is Inner inner)
        {
            node = inner.Children[inner.ChildFor(key)];
        }
        var leaf = (Leaf)node;
        var at = leaf.LowerBound(key);
        return at < leaf.Size && key.SequenceEqual(leaf.Entries[at].Key) ? leaf.Entries[at] : null;
    }

    /// <summary>The tree with one more key, which must not be in it.</summary>
    /// <param name="entry">The key.</param>
    /// <param name="edit">Given by whoever adds many keys before anyone else sees the tree: nodes that were made under
    /// the same edit are changed in place. This tree and all between are void then. Null changes nothing in place.</param>
    public KeyTree Add(KeyEntry entry, Edit? edit = null)
    {
        var (left, right) = _root.Add(entry, edit);
        if (right is null)
        {
            return new KeyTree(left, Count + 1);
        }
        var root = Inner.Of([left, right], [right.FirstKey], edit);
        return new KeyTree(root, Count + 1);
    }

    /// <summary>One run of additions. Nodes made under it may be changed under it; once the tree is published, the edit is over.</summary>
    public sealed class Edit;

    /// <summary>The tree without a key, which must be in it.</summary>
    public KeyTree Remove(ReadOnlySpan<byte> key)
    {
        var root = _root.Remove(key);
        while (root is Inner { Size: 1 } inner)
        {
            root = inner.Children[0];
        }
        return new KeyTree(root is Inner { Size: 0 } ? Empty._root : root, Count - 1);
    }

    /// <summary>A walk over the keys from <paramref name="start"/> on, in order.</summary>
    public Cursor Seek(ReadOnlySpan<byte> start) => new(_root, start);

    /// <summary>A position in one tree. A value type with its own path; not to be copied while in use.</summary>
    public struct Cursor
    {
        private readonly List<(Inner Node, int Index)> _path;
        private Leaf _leaf;
        private int _next;

        internal Cursor(Node root, ReadOnlySpan<byte> start)
        {
            _path = [];
            var node = root;
            while (node is Inner inner)
            {
                var index = inner.ChildFor(start);
                _path.Add((inner, index));
                node = inner.Children[index];
            }
            _leaf = (Leaf)node;
            _next = _leaf.LowerBound(start);
        }

        /// <summary>The next key, or null at the end.</summary>
        public KeyEntry? Next()
        {
            while (_next >= _leaf.Size)
            {
                if (!ToNextLeaf())
                {
                    return null;
                }
            }
            return _leaf.Entries[_next++];
        }

        private bool ToNextLeaf()
        {
            while (_path.Count > 0)
            {
                var (inner, index) = _path[^1];
                if (index + 1 >= inner.Size)
                {
                    _path.RemoveAt(_path.Count - 1);
                    continue;
                }
                _path[^1] = (inner, index + 1);
                var node = inner.Children[index + 1];
                while (node is Inner deeper)
                {
                    _path.Add((deeper, 0));
                    node = deeper.Children[0];
                }
                _leaf = (Leaf)node;
                _next = 0;
                return true;
            }
            return false;
        }
    }
}
