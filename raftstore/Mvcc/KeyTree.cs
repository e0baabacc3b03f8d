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
    public KeyVersion? At(long revision)
    {
        var version = Head;
        while (version is not null && version.ModRevision > revision)
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
internal sealed class KeyTree
{
    private const int MaxEntries = 64;
    private const int MinEntries = MaxEntries / 4;

    public static readonly KeyTree Empty = new(new Leaf([]), 0);

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
        return at < leaf.Entries.Length && key.SequenceEqual(leaf.Entries[at].Key) ? leaf.Entries[at] : null;
    }

    /// <summary>The tree with one more key, which must not be in it.</summary>
    public KeyTree Add(KeyEntry entry)
    {
        var (left, right) = _root.Add(entry);
        var root = right is null ? left : new Inner([left, right], [right.FirstKey]);
        return new KeyTree(root, Count + 1);
    }

    /// <summary>The tree without a key, which must be in it.</summary>
    public KeyTree Remove(ReadOnlySpan<byte> key)
    {
        var root = _root.Remove(key);
        while (root is Inner { Children.Length: 1 } inner)
        {
            root = inner.Children[0];
        }
        return new KeyTree(root is Inner { Children.Length: 0 } ? new Leaf([]) : root, Count - 1);
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
            while (_next >= _leaf.Entries.Length)
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
                if (index + 1 >= inner.Children.Length)
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

    internal abstract class Node
    {
        public abstract byte[] FirstKey { get; }

        public abstract int Size { get; }

        /// <summary>This node with the entry, split in two when it grew too large.</summary>
        public abstract (Node Left, Node? Right) Add(KeyEntry entry);

        public abstract Node Remove(ReadOnlySpan<byte> key);

        /// <summary>This node and its right sibling as one.</summary>
        public abstract Node Join(Node right, byte[] separator);
    }

    internal sealed class Leaf(KeyEntry[] entries) : Node
    {
        public KeyEntry[] Entries { get; } = entries;

        public override byte[] FirstKey => Entries[0].Key;

        public override int Size => Entries.Length;

        public int LowerBound(ReadOnlySpan<byte> key)
        {
            int low = 0, high = Entries.Length;
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                if (key.SequenceCompareTo(Entries[middle].Key) > 0)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }
            return low;
        }

        public override (Node, Node?) Add(KeyEntry entry)
        {
            var at = LowerBound(entry.Key);
            var grown = Insert(Entries, at, entry);
            if (grown.Length <= MaxEntries)
            {
                return (new Leaf(grown), null);
            }
            var half = SplitPoint(grown.Length, at);
            return (new Leaf(grown[..half]), new Leaf(grown[half..]));
        }

        public override Node Remove(ReadOnlySpan<byte> key)
        {
            var at = LowerBound(key);
            Base.Invariant.Check(at < Entries.Length && key.SequenceEqual(Entries[at].Key));
            return new Leaf(Without(Entries, at));
        }

        public override Node Join(Node right, byte[] separator) => new Leaf([.. Entries, .. ((Leaf)right).Entries]);
    }

    internal sealed class Inner(Node[] children, byte[][] separators) : Node
    {
        public Node[] Children { get; } = children;

        /// <summary>Separator i is at or below every key of child i + 1 and above every key of child i.</summary>
        public byte[][] Separators { get; } = separators;

        public override byte[] FirstKey => Children[0].FirstKey;

        public override int Size => Children.Length;

        public int ChildFor(ReadOnlySpan<byte> key)
        {
            int low = 0, high = Separators.Length;
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                if (key.SequenceCompareTo(Separators[middle]) >= 0)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }
            return low;
        }

        public override (Node, Node?) Add(KeyEntry entry)
        {
            var at = ChildFor(entry.Key);
            var (left, right) = Children[at].Add(entry);
            var children = (Node[])Children.Clone();
            children[at] = left;
            if (right is null)
            {
                return (new Inner(children, Separators), null);
            }
            children = Insert(children, at + 1, right);
            var separators = Insert(Separators, at, right.FirstKey);
            if (children.Length <= MaxEntries)
            {
                return (new Inner(children, separators), null);
            }
            var half = SplitPoint(children.Length, at);
            return (
                new Inner(children[..half], separators[..(half - 1)]),
                new Inner(children[half..], separators[half..]));
        }

        public override Node Remove(ReadOnlySpan<byte> key)
        {
            var at = ChildFor(key);
            var child = Children[at].Remove(key);
            if (child.Size == 0)
            {
                return Children.Length == 1
                    ? new Inner([], [])
                    : new Inner(Without(Children, at), Without(Separators, Math.Max(0, at - 1)));
            }
            var children = (Node[])Children.Clone();
            children[at] = child;
            var mate = at > 0 ? at - 1 : at + 1;
            if (child.Size >= MinEntries || children.Length == 1 || child.Size + children[mate].Size > MaxEntries / 2)
            {
                return new Inner(children, Separators);
            }
            var first = Math.Min(at, mate);
            children[first] = children[first].Join(children[first + 1], Separators[first]);
            return new Inner(Without(children, first + 1), Without(Separators, first));
        }

        public override Node Join(Node right, byte[] separator)
        {
            var other = (Inner)right;
            return new Inner([.. Children, .. other.Children], [.. Separators, separator, .. other.Separators]);
        }
    }

    /// <summary>Splits near the end when keys come in ascending order, so that nodes stay full.</summary>
    private static int SplitPoint(int length, int insertedAt) => insertedAt >= length - 2 ? length - 2 : length / 2;

    private static T[] Insert<T>(T[] source, int at, T item)
    {
        var result = new T[source.Length + 1];
        Array.Copy(source, result, at);
        result[at] = item;
        Array.Copy(source, at, result, at + 1, source.Length - at);
        return result;
    }

    private static T[] Without<T>(T[] source, int at)
    {
        var result = new T[source.Length - 1];
        Array.Copy(source, result, at);
        Array.Copy(source, at + 1, result, at, result.Length - at);
        return result;
    }
}
