using System.Diagnostics.CodeAnalysis;

namespace Kube.Client.Events;

/// <summary>A map that forgets the entry unused for longest when it is full. Not safe for use by many threads.</summary>
internal sealed class LruCache<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _nodes = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _recent = [];

    public int Count => _nodes.Count;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (!_nodes.TryGetValue(key, out var node))
        {
            value = default;
            return false;
        }

        _recent.Remove(node);
        _recent.AddFirst(node);
        value = node.Value.Value;
        return true;
    }

    public void Set(TKey key, TValue value)
    {
        if (_nodes.Remove(key, out var known))
        {
            _recent.Remove(known);
        }
        else if (_nodes.Count == capacity)
        {
            _nodes.Remove(_recent.Last!.Value.Key);
            _recent.RemoveLast();
        }

        _nodes[key] = _recent.AddFirst((key, value));
    }

    public TValue GetOrAdd(TKey key, Func<TValue> create)
    {
        if (TryGet(key, out var known))
        {
            return known;
        }

        var value = create();
        Set(key, value);
        return value;
    }
}
