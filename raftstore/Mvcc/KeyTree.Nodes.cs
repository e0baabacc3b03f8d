namespace Kube.RaftStore.Mvcc;

internal sealed partial class KeyTree
{
    /// <summary>Fewest places that a node made under an edit has.</summary>
    private const int MinCapacity = 8;

    internal abstract class Node(Edit? owner)
    {
        public abstract byte[] FirstKey { get; }

        /// <summary>Entries or children.</summary>
        public abstract int Size { get; }

        /// <summary>This node with the entry, split in two when it grew too large.</summary>
        public abstract (Node Left, Node? Right) Add(KeyEntry entry, Edit? edit);

        public abstract Node Remove(ReadOnlySpan<byte> key);

        /// <summary>This node and its right sibling as one.</summary>
        public abstract Node Join(Node right, byte[] separator);

        /// <summary>Whether nobody but this edit has seen the node.</summary>
        protected bool IsOwnedBy(Edit? edit) => edit is not null && ReferenceEquals(owner, edit);
    }

    internal sealed class Leaf(KeyEntry[] entries, int count, Edit? owner) : Node(owner)
    {
        private int _count = count;

        /// <summary>The entries; behind <see cref="Size"/> there may be empty places.</summary>
        public KeyEntry[] Entries { get; private set; } = entries;

        public override byte[] FirstKey => Entries[0].Key;

        public override int Size => _count;

        public int LowerBound(ReadOnlySpan<byte> key)
        {
            int low = 0, high = _count;
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

        public override (Node, Node?) Add(KeyEntry entry, Edit? edit)
        {
            var at = LowerBound(entry.Key);
            if (_count < MaxEntries)
            {
                if (IsOwnedBy(edit))
                {
                    Entries = InsertInPlace(Entries, _count++, at, entry);
                    return (this, null);
                }
                return (new Leaf(Insert(Entries, _count, at, entry, edit), _count + 1, edit), null);
            }
            var grown = Insert(Entries, _count, at, entry, null);
            var half = SplitPoint(grown.Length, at);
            return (Of(grown[..half], edit), Of(grown[half..], edit));
        }

        public override Node Remove(ReadOnlySpan<byte> key)
        {
            var at = LowerBound(key);
            Base.Invariant.Check(at < _count && key.SequenceEqual(Entries[at].Key));
            return Of(Without(Entries, _count, at), null);
        }

        public override Node Join(Node right, byte[] separator)
        {
            var other = (Leaf)right;
            return Of([.. Entries.AsSpan(0, _count), .. other.Entries.AsSpan(0, other._count)], null);
        }

        private static Leaf Of(KeyEntry[] entries, Edit? owner) => new(entries, entries.Length, owner);
    }

    internal sealed class Inner : Node
    {
        private int _count;

        private Inner(Node[] children, byte[][] separators, int count, Edit? owner)
            : base(owner)
        {
            Children = children;
            Separators = separators;
            _count = count;
        }

        /// <summary>The children; behind <see cref="Size"/> there may be empty places.</summary>
        public Node[] Children { get; private set; }

        /// <summary>Separator i is at or below every key of child i + 1 and above every key of child i.</summary>
        public byte[][] Separators { get; private set; }

        public override byte[] FirstKey => Children[0].FirstKey;

        public override int Size => _count;

        public static Inner Of(Node[] children, byte[][] separators, Edit? owner) => new(children, separators, children.Length, owner);

        public int ChildFor(ReadOnlySpan<byte> key)
        {
            int low = 0, high = Math.Max(0, _count - 1);
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

        public override (Node, Node?) Add(KeyEntry entry, Edit? edit)
        {
            var at = ChildFor(entry.Key);
            var (left, right) = Children[at].Add(entry, edit);
            if (right is null)
            {
                return (WithChild(at, left, edit), null);
            }
            if (_count < MaxEntries)
            {
                return (WithSplitChild(at, left, right, edit), null);
            }
            var children = Insert(Children, _count, at + 1, right, null);
            children[at] = left;
            var separators = Insert(Separators, _count - 1, at, right.FirstKey, null);
            var half = SplitPoint(children.Length, at);
            return (
                Of(children[..half], separators[..(half - 1)], edit),
                Of(children[half..], separators[half..], edit));
        }

        public override Node Remove(ReadOnlySpan<byte> key)
        {
            var at = ChildFor(key);
            var child = Children[at].Remove(key);
            if (child.Size == 0)
            {
                return _count == 1
                    ? Of([], [], null)
                    : Of(Without(Children, _count, at), Without(Separators, _count - 1, Math.Max(0, at - 1)), null);
            }
            var children = Children[.._count];
            children[at] = child;
            var mate = at > 0 ? at - 1 : at + 1;
            if (child.Size >= MinEntries || _count == 1 || child.Size + children[mate].Size > MaxEntries / 2)
            {
                return new Inner(children, Separators, _count, null);
            }
            var first = Math.Min(at, mate);
            children[first] = children[first].Join(children[first + 1], Separators[first]);
            return Of(Without(children, _count, first + 1), Without(Separators, _count - 1, first), null);
        }

        public override Node Join(Node right, byte[] separator)
        {
            var other = (Inner)right;
            return Of(
                [.. Children.AsSpan(0, _count), .. other.Children.AsSpan(0, other._count)],
                [.. Separators.AsSpan(0, _count - 1), separator, .. other.Separators.AsSpan(0, other._count - 1)],
                null);
        }

        private Inner WithChild(int at, Node child, Edit? edit)
        {
            if (IsOwnedBy(edit))
            {
                Children[at] = child;
                return this;
            }
            var children = Children[.._count];
            children[at] = child;
            // An edit may change the separators of what it owns: then they must not be another node's too.
            return new Inner(children, edit is null ? Separators : Separators[..(_count - 1)], _count, edit);
        }

        private Inner WithSplitChild(int at, Node left, Node right, Edit? edit)
        {
            if (IsOwnedBy(edit))
            {
                Children[at] = left;
                Separators = InsertInPlace(Separators, _count - 1, at, right.FirstKey);
                Children = InsertInPlace(Children, _count++, at + 1, right);
                return this;
            }
            var children = Insert(Children, _count, at + 1, right, edit);
            children[at] = left;
            return new Inner(children, Insert(Separators, _count - 1, at, right.FirstKey, edit), _count + 1, edit);
        }
    }

    /// <summary>Splits near the end when keys come in ascending order, so that nodes stay full.</summary>
    private static int SplitPoint(int length, int insertedAt) => insertedAt >= length - 2 ? length - 2 : length / 2;

    /// <summary>A copy of the first items with one more; under an edit, with room for others.</summary>
    private static T[] Insert<T>(T[] source, int count, int at, T item, Edit? edit)
    {
        var result = new T[edit is null ? count + 1 : Capacity(count + 1)];
        Array.Copy(source, result, at);
        result[at] = item;
        Array.Copy(source, at, result, at + 1, count - at);
        return result;
    }

    private static T[] InsertInPlace<T>(T[] items, int count, int at, T item)
    {
        if (count == items.Length)
        {
            Array.Resize(ref items, Capacity(count + 1));
        }
        Array.Copy(items, at, items, at + 1, count - at);
        items[at] = item;
        return items;
    }

    private static int Capacity(int count) => Math.Max(count, Math.Clamp(count + (count / 2), MinCapacity, MaxEntries));

    private static T[] Without<T>(T[] source, int count, int at)
    {
        var result = new T[count - 1];
        Array.Copy(source, result, at);
        Array.Copy(source, at + 1, result, at, count - 1 - at);
        return result;
    }
}
