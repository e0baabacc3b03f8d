using System.Diagnostics.CodeAnalysis;

namespace Kube.Client.Informers;

/// <summary>Objects by key, and by the values that indexers give them. Safe for use by many threads.</summary>
internal sealed class ObjectStore<T> : IReadOnlyStore<T>
    where T : class, IKubeObject
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, T> _objects = [];
    private readonly Dictionary<string, Index> _indexes = new(StringComparer.Ordinal);

    public ObjectStore() => AddIndexer(Indexers.ByNamespace, static value => [value.Metadata.Namespace ?? ""]);

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _objects.Count;
            }
        }
    }

    public void AddIndexer(string name, Func<T, IEnumerable<string>> values)
    {
        lock (_lock)
        {
            var index = new Index(values);
            if (!_indexes.TryAdd(name, index))
            {
                throw new ArgumentException($"there is an index \"{name}\" already", nameof(name));
            }

            foreach (var (key, value) in _objects)
            {
                index.Add(key, value);
            }
        }
    }

    public bool HasIndexer(string name)
    {
        lock (_lock)
        {
            return _indexes.ContainsKey(name);
        }
    }

    public bool TryGet(ObjectKey key, [MaybeNullWhen(false)] out T value)
    {
        lock (_lock)
        {
            return _objects.TryGetValue(key, out value);
        }
    }

    public T? Get(ObjectKey key) => TryGet(key, out var value) ? value : null;

    public T? Get(string? ns, string name) => Get(new ObjectKey(ns ?? "", name));

    public IReadOnlyList<T> List()
    {
        lock (_lock)
        {
            return [.. _objects.Values];
        }
    }

    public IReadOnlyList<T> List(string? ns) => string.IsNullOrEmpty(ns) ? List() : ByIndex(Indexers.ByNamespace, ns);

    public IReadOnlyList<T> ByIndex(string index, string value)
    {
        lock (_lock)
        {
            if (!_indexes.TryGetValue(index, out var found))
            {
                throw new ArgumentException($"there is no index \"{index}\"", nameof(index));
            }

            return found.Keys(value) is { } keys ? [.. keys.Select(key => _objects[key])] : [];
        }
    }

    /// <summary>Puts the object in; returns what was there before.</summary>
    public T? Set(ObjectKey key, T value)
    {
        lock (_lock)
        {
            _objects.TryGetValue(key, out var old);
            _objects[key] = value;
            foreach (var index in _indexes.Values)
            {
                if (old is not null)
                {
                    index.Remove(key, old);
                }

                index.Add(key, value);
            }

            return old;
        }
    }

    /// <summary>Takes the object out; returns it, or null when it was not there.</summary>
    public T? Remove(ObjectKey key)
    {
        lock (_lock)
        {
            if (!_objects.Remove(key, out var old))
            {
                return null;
            }

            foreach (var index in _indexes.Values)
            {
                index.Remove(key, old);
            }

            return old;
        }
    }

    public IReadOnlyList<ObjectKey> Keys()
    {
        lock (_lock)
        {
            return [.. _objects.Keys];
        }
    }

    private sealed class Index(Func<T, IEnumerable<string>> values)
    {
        private readonly Dictionary<string, HashSet<ObjectKey>> _keys = new(StringComparer.Ordinal);

        public HashSet<ObjectKey>? Keys(string value) => _keys.GetValueOrDefault(value);

        public void Add(ObjectKey key, T item)
        {
            foreach (var value in values(item))
            {
                if (!_keys.TryGetValue(value, out var keys))
                {
                    _keys[value] = keys = [];
                }

                keys.Add(key);
            }
        }

        public void Remove(ObjectKey key, T item)
        {
            foreach (var value in values(item))
            {
                if (_keys.TryGetValue(value, out var keys) && keys.Remove(key) && keys.Count == 0)
                {
                    _keys.Remove(value);
                }
            }
        }
    }
}
