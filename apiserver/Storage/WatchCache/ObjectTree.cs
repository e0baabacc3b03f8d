namespace Kube.ApiServer.Storage.WatchCache;

/// <summary>
/// A persistent B+ tree of cached objects in ordinal key order: a change copies the path to its leaf and leaves every
/// earlier tree as it was, so readers walk a snapshot without a lock and a page of a list reads the state of its
/// first page. Immutable and thread-safe.
/// </summary>
internal sealed class ObjectTree
{
    private const int MaxItems = 64;
    private const int MinItems = MaxItems / 4;

    public static readonly ObjectTree Empty = new(new Leaf([]), 0);

    private readonly Node _root;

    private ObjectTree(Node root, int count)
    {
        _root = root;
        Count = count;
    }

    /// <summary>Number of objects.</summary>
    public int Count { get; }

    /// <summary>Builds a tree from objects in strictly ascending key order.</summary>
    public static ObjectTree FromSorted(IReadOnlyList<CachedObject> sorted)
    {
        if (sorted.Count == 0)
        {
            return Empty;
        }

        const int fill = MaxItems * 3 / 4;
        var level = new List<Node>();
        for (var i = 0; i < sorted.Count; i += fill)
        {
            level.Add(new Leaf([.. sorted.Skip(i).Take(fill)]));
        }

        while (level.Count > 1)
        {
            var parents = new List<Node>();
            for (var i = 0; i < level.Count; i += fill)
            {
                parents.Add(new Branch([.. level.Skip(i).Take(fill)]));
            }

            level = parents;
        }

        return new ObjectTree(level[0], sorted.Count);
    }

    /// <summary>The object with a key, or null.</summary>
    public CachedObject? Find(string key)
    {
        var node = _root;
        while (node is Branch branch)
        {
            node = branch.Children[branch.ChildFor(key)];
        }

        var leaf = (Leaf)node;
        var index = leaf.Search(key);
        return index >= 0 ? leaf.Items[index] : null;
    }

    /// <summary>A tree with the object added, or in the place of the one with its key.</summary>
    public ObjectTree Set(CachedObject item, out CachedObject? previous)
    {
        var (left, right) = _root.Set(item, out previous);
        var root = right is null ? left : new Branch([left, right]);
        return new ObjectTree(root, previous is null ? Count + 1 : Count);
    }

    /// <summary>A tree without the key.</summary>
    public ObjectTree Remove(string key, out CachedObject? previous)
    {
        var root = _root.Remove(key, out previous);
        if (previous is null)
        {
            return this;
        }

        while (root is Branch { Children.Length: 1 } single)
        {
            root = single.Children[0];
        }

        return new ObjectTree(root, Count - 1);
    }

    /// <summary>Number of objects whose keys begin with a prefix and are not below a start key (inclusive); found without walking them.</summary>
    public int CountRange(string prefix, string? startKey = null)
    {
        var start = startKey is not null && string.CompareOrdinal(startKey, prefix) > 0 ? startKey : prefix;
        var end = prefix.Length == 0 ? Count : Below(_root, prefix[..^1] + (char)(prefix[^1] + 1));
        return Math.Max(0, end - Below(_root, start));
    }

    /// <summary>The objects whose keys begin with a prefix, from a start key on (inclusive), in key order.</summary>
    public IEnumerable<CachedObject> Range(string prefix, string? startKey = null)
    {
        var start = startKey is not null && string.CompareOrdinal(startKey, prefix) > 0 ? startKey : prefix;
        foreach (var leaf in LeavesFrom(_root, start))
        {
            var index = leaf.Search(start);
            for (var i = index < 0 ? ~index : index; i < leaf.Items.Length; i++)
            {
                var item = leaf.Items[i];
                if (!item.Key.StartsWith(prefix, StringComparison.Ordinal))
                {
                    yield break;
                }

                yield return item;
            }
        }
    }

    /// <summary>Number of objects with keys below one.</summary>
    private static int Below(Node node, string key)
    {
        var count = 0;
        while (node is Branch branch)
        {
            var child = branch.ChildFor(key);
            for (var i = 0; i < child; i++)
            {
                count += branch.Children[i].Count;
            }

            node = branch.Children[child];
        }

        var index = ((Leaf)node).Search(key);
        return count + (index < 0 ? ~index : index);
    }

    private static IEnumerable<Leaf> LeavesFrom(Node root, string start)
    {
        var path = new Stack<(Branch Branch, int Next)>();
        var node = root;
        while (node is Branch branch)
        {
            var child = branch.ChildFor(start);
            path.Push((branch, child + 1));
            node = branch.Children[child];
        }

        yield return (Leaf)node;
        while (path.TryPop(out var step))
        {
            if (step.Next == step.Branch.Children.Length)
            {
                continue;
            }

            path.Push((step.Branch, step.Next + 1));
            node = step.Branch.Children[step.Next];
            while (node is Branch inner)
            {
                path.Push((inner, 1));
                node = inner.Children[0];
            }

            yield return (Leaf)node;
        }
    }

    private static T[] With<T>(T[] array, int index, T item)
    {
        var copy = (T[])array.Clone();
        copy[index] = item;
        return copy;
    }

    private static T[] Inserted<T>(T[] array, int index, T item)
    {
        var copy = new T[array.Length + 1];
        Array.Copy(array, copy, index);
        copy[index] = item;
        Array.Copy(array, index, copy, index + 1, array.Length - index);
        return copy;
    }

    private static T[] Removed<T>(T[] array, int index)
    {
        var copy = new T[array.Length - 1];
        Array.Copy(array, copy, index);
        Array.Copy(array, index + 1, copy, index, copy.Length - index);
        return copy;
    }

    private abstract class Node
    {
        /// <summary>Least key below; null only in the empty root.</summary>
        public abstract string? FirstKey { get; }

        public abstract int Width { get; }

        /// <summary>Number of objects below.</summary>
        public abstract int Count { get; }

        public abstract (Node Left, Node? Right) Set(CachedObject item, out CachedObject? previous);

        public abstract Node Remove(string key, out CachedObject? previous);

        public abstract Node MergeWith(Node right);
    }

    private sealed class Leaf(CachedObject[] items) : Node
    {
        public CachedObject[] Items { get; } = items;

        public override string? FirstKey => Items.Length > 0 ? Items[0].Key : null;

        public override int Width => Items.Length;

        public override int Count => Items.Length;

        public int Search(string key)
        {
            int low = 0, high = Items.Length - 1;
            while (low <= high)
            {
                var middle = (low + high) / 2;
                var order = string.CompareOrdinal(Items[middle].Key, key);
                if (order == 0)
                {
                    return middle;
                }

                (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
            }

            return ~low;
        }

        public override (Node Left, Node? Right) Set(CachedObject item, out CachedObject? previous)
        {
            var index = Search(item.Key);
            if (index >= 0)
            {
                previous = Items[index];
                return (new Leaf(With(Items, index, item)), null);
            }

            previous = null;
            var grown = Inserted(Items, ~index, item);
            return grown.Length <= MaxItems
                ? (new Leaf(grown), null)
                : (new Leaf(grown[..(grown.Length / 2)]), new Leaf(grown[(grown.Length / 2)..]));
        }

        public override Node Remove(string key, out CachedObject? previous)
        {
            var index = Search(key);
            if (index < 0)
            {
                previous = null;
                return this;
            }

            previous = Items[index];
            return new Leaf(Removed(Items, index));
        }

        public override Node MergeWith(Node right) => new Leaf([.. Items, .. ((Leaf)right).Items]);
    }

    private sealed class Branch : Node
    {
        private readonly string[] _firstKeys;

        public Branch(Node[] children)
        {
            Children = children;
            _firstKeys = new string[children.Length];
            for (var i = 0; i < children.Length; i++)
            {
                _firstKeys[i] = children[i].FirstKey ?? "";
                Count += children[i].Count;
            }
        }

        public Node[] Children { get; }

        public override string? FirstKey => _firstKeys[0];

        public override int Width => Children.Length;

        public override int Count { get; }

        /// <summary>The last child whose first key is not above the key; the first when all are.</summary>
        public int ChildFor(string key)
        {
            int low = 1, high = _firstKeys.Length - 1;
            while (low <= high)
            {
                var middle = (low + high) / 2;
                (low, high) = string.CompareOrdinal(_firstKeys[middle], key) <= 0 ? (middle + 1, high) : (low, middle - 1);
            }

            return high;
        }

        public override (Node Left, Node? Right) Set(CachedObject item, out CachedObject? previous)
        {
            var index = ChildFor(item.Key);
            var (left, right) = Children[index].Set(item, out previous);
            var children = With(Children, index, left);
            if (right is not null)
            {
                children = Inserted(children, index + 1, right);
            }

            return children.Length <= MaxItems
                ? (new Branch(children), null)
                : (new Branch(children[..(children.Length / 2)]), new Branch(children[(children.Length / 2)..]));
        }

        public override Node Remove(string key, out CachedObject? previous)
        {
            var index = ChildFor(key);
            var child = Children[index].Remove(key, out previous);
            if (previous is null)
            {
                return this;
            }

            if (child.Width >= MinItems || Children.Length == 1)
            {
                return new Branch(With(Children, index, child));
            }

            // A thin child joins a neighbour when both fit in one node, and else stays thin until it is empty.
            var neighbour = index > 0 ? index - 1 : index + 1;
            if (Children[neighbour].Width + child.Width <= MaxItems)
            {
                var merged = neighbour < index ? Children[neighbour].MergeWith(child) : child.MergeWith(Children[neighbour]);
                var at = Math.Min(index, neighbour);
                return new Branch(With(Removed(Children, at + 1), at, merged));
            }

            return new Branch(child.Width == 0 ? Removed(Children, index) : With(Children, index, child));
        }

        public override Node MergeWith(Node right) => new Branch([.. Children, .. ((Branch)right).Children]);
    }
}
