using System.Runtime.InteropServices;

namespace Kube.ApiServer.Storage.WatchCache;

/// <summary>
/// The cursors of a cache by their scope, so that a change costs only those it can concern: with a watch for each of
/// five thousand nodes, the change of a pod wakes the one of its node. As Kubernetes' cacher indexes watchers by
/// trigger values (cacher.go, dispatchEvent). Not thread-safe.
/// </summary>
internal sealed class ScopeIndex(int fields)
{
    private readonly Dictionary<WatchScope, HashSet<CacheCursor>> _cursors = [];

    /// <summary>Number of cursors whose scope is of an aspect: what nobody asks about is not looked up.</summary>
    private readonly int[] _used = new int[WatchScope.AspectCount(fields)];

    public void Add(CacheCursor cursor)
    {
        ref var cursors = ref CollectionsMarshal.GetValueRefOrAddDefault(_cursors, cursor.Scope, out _);
        (cursors ??= []).Add(cursor);
        _used[cursor.Scope.Aspect]++;
    }

    /// <summary>Forgets a cursor; one that is not there is passed over.</summary>
    public void Remove(CacheCursor cursor)
    {
        if (!_cursors.TryGetValue(cursor.Scope, out var cursors) || !cursors.Remove(cursor))
        {
            return;
        }

        _used[cursor.Scope.Aspect]--;
        if (cursors.Count == 0)
        {
            _cursors.Remove(cursor.Scope);
        }
    }

    /// <summary>Tells a change to every cursor that has the object, as it is or as it was, in its scope; each once.</summary>
    /// <param name="change">What happened.</param>
    /// <param name="sequence">Its number in the ring.</param>
    /// <param name="first">Number of the oldest change that the ring still has.</param>
    public void Note(CacheEvent change, long sequence, long first)
    {
        for (var aspect = 1; aspect < _used.Length; aspect++)
        {
            if (_used[aspect] == 0)
            {
                continue;
            }

            // A cursor is in one set only, so one that is found by both values is one that they share.
            var now = change.Current is { } current ? WatchScope.Of(current, aspect) : null;
            var before = change.Previous is { } previous ? WatchScope.Of(previous, aspect) : null;
            Note(now, sequence, first);
            if (before != now)
            {
                Note(before, sequence, first);
            }
        }
    }

    /// <summary>Wakes and forgets all: the state was lost.</summary>
    public void Clear()
    {
        foreach (var cursor in _cursors.Values.SelectMany(static cursors => cursors))
        {
            cursor.Wake();
        }

        _cursors.Clear();
        Array.Clear(_used);
    }

    private void Note(WatchScope? scope, long sequence, long first)
    {
        if (scope is { } known && _cursors.TryGetValue(known, out var cursors))
        {
            foreach (var cursor in cursors)
            {
                cursor.Note(sequence, first);
            }
        }
    }
}
