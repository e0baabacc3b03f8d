using System.Text.Json;
using Kube.Base;
using Microsoft.Extensions.Logging;

namespace Kube.ApiServer.Storage.WatchCache;

/// <summary>
/// All objects of one resource at the store's latest known revision, with its latest changes: serves get, list and
/// watch from encoded bytes. Fed by <see cref="StoreFeed"/>, in revision order, by one thread at a time; read from any
/// thread without a lock, through immutable snapshots.
/// </summary>
internal sealed partial class ResourceCache
{
    /// <summary>Changes that may wait while the first list is being read; more than that and the list starts over.</summary>
    private const int MaxPending = 100_000;

    /// <summary>Changes that a cursor looks at in one hold of the lock.</summary>
    private const int MaxScan = 1_024;

    private readonly Lock _lock = new();
    private readonly EventRing _ring;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly List<StorageEvent> _pending = [];
    private readonly ScopeIndex _scoped;
    private CacheSnapshot? _snapshot;
    private long _loaded;

    /// <summary>Of the cursors on everything; made when one waits.</summary>
    private TaskCompletionSource? _changed;
    private TaskCompletionSource _ready = NewSignal();
    private long _generation;

    public ResourceCache(string prefix, IReadOnlyList<SelectableField> fields, TimeProvider time, ILogger logger, int maxEvents = 65_536)
    {
        Prefix = prefix;
        Encoder = new ObjectEncoder(fields);
        _scoped = new ScopeIndex(fields.Count);
        _time = time;
        _logger = logger;
        _ring = new EventRing(maxEvents, time.TimestampFrequency * 75);
    }

    /// <summary>Keys of the resource begin with it: "/registry/pods/".</summary>
    public string Prefix { get; }

    public ObjectEncoder Encoder { get; }

    /// <summary>The present state; null until the first list has been read, and while it is read again.</summary>
    public CacheSnapshot? Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>Number of times the state was lost and read again; a watch begun in another generation is over.</summary>
    public long Generation => Interlocked.Read(ref _generation);

    /// <summary>Completes once <see cref="Snapshot"/> is there.</summary>
    public Task WaitReadyAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _ready.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Drops the state: until <see cref="Load"/>, changes are put aside, and every watch ends.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            if (_ready.Task.IsCompleted)
            {
                _ready = NewSignal();
            }

            _generation++;
            _pending.Clear();
            Volatile.Write(ref _snapshot, null);
            _scoped.Clear();
            Pulse();
        }
    }

    /// <summary>Takes a whole state, then the changes that came in since with a later revision.</summary>
    /// <returns>False when so many changes came in that some were dropped: the state must be read again.</returns>
    public bool Load(IEnumerable<StoredObject> objects, long revision)
    {
        var items = new List<CachedObject>();
        foreach (var stored in objects)
        {
            if (TryEncode(stored.Key, stored.Value, stored.ModRevision) is { } item)
            {
                items.Add(item);
            }
        }

        lock (_lock)
        {
            if (_pending.Count >= MaxPending)
            {
                _pending.Clear();
                return false;
            }

            _ring.Reset(revision);
            _loaded = revision;
            Volatile.Write(ref _snapshot, new CacheSnapshot(ObjectTree.FromSorted(items), revision));
            ApplyLocked(_pending);
            _pending.Clear();
            _ready.TrySetResult();
            Pulse();
            return true;
        }
    }

    /// <summary>Takes changes of this resource, in revision order, all changes of a revision in one call.</summary>
    public void Apply(IReadOnlyList<StorageEvent> events)
    {
        lock (_lock)
        {
            if (_snapshot is null)
            {
                if (_pending.Count < MaxPending)
                {
                    _pending.AddRange(events);
                }

                return;
            }

            ApplyLocked(events);
            Pulse();
        }
    }

    /// <summary>
    /// Begins to read changes after a revision. The cursor is to be disposed of when it has a scope.
    /// </summary>
    /// <exception cref="ResourceVersionTooOldException">Some of those changes are no longer held.</exception>
    public CacheCursor OpenCursor(long afterRevision, WatchScope scope = default)
    {
        lock (_lock)
        {
            if (_snapshot is null || afterRevision < _ring.CompleteAfter)
            {
                throw new ResourceVersionTooOldException(afterRevision, _ring.CompleteAfter);
            }

            return OpenLocked(_ring.SequenceAfter(afterRevision), scope);
        }
    }

    /// <summary>The present state, and a cursor on what changes after it.</summary>
    public (CacheSnapshot Snapshot, CacheCursor Cursor)? OpenWithSnapshot(WatchScope scope = default)
    {
        lock (_lock)
        {
            return _snapshot is { } snapshot ? (snapshot, OpenLocked(_ring.Next, scope)) : null;
        }
    }

    /// <summary>
    /// The state at an exact revision: the present one undone by the changes since, while those are held.
    /// Null when they are not.
    /// </summary>
    public CacheSnapshot? SnapshotAt(long revision)
    {
        lock (_lock)
        {
            if (_snapshot is null || revision < _ring.CompleteAfter)
            {
                return null;
            }

            var tree = _snapshot.Objects;
            for (var sequence = _ring.Next - 1; sequence >= _ring.First && _ring[sequence].Revision > revision; sequence--)
            {
                var change = _ring[sequence];
                tree = change.Previous is { } previous
                    ? tree.Set(previous, out _)
                    : tree.Remove(change.Current!.Key, out _);
            }

            return new CacheSnapshot(tree, revision);
        }
    }

    internal Task ChangedOf(CacheCursor cursor)
    {
        lock (_lock)
        {
            return cursor.Scope == WatchScope.Everything ? (_changed ??= NewSignal()).Task : cursor.NextSignal();
        }
    }

    /// <summary>
    /// Copies changes within a scope, looking at some of those from a sequence number up to another. False when some
    /// are gone or the state was lost.
    /// </summary>
    internal bool TryScan(WatchScope scope, ref long sequence, long until, long generation, Span<CacheEvent> into, out int count)
    {
        lock (_lock)
        {
            count = 0;
            if (generation != _generation || sequence < _ring.First)
            {
                return false;
            }

            until = Math.Min(until, Math.Min(_ring.Next, sequence + MaxScan));
            while (count < into.Length && sequence < until)
            {
                var change = _ring[sequence++];
                if (scope.Holds(change))
                {
                    into[count++] = change;
                }
            }

            return true;
        }
    }

    /// <summary>Copies the changes that were noted for a cursor. False when some are gone or the state was lost.</summary>
    internal bool TryTake(CacheCursor cursor, long generation, Span<CacheEvent> into, out int count)
    {
        lock (_lock)
        {
            count = 0;
            return generation == _generation && cursor.TryTake(_ring, into, out count);
        }
    }

    /// <summary>Tells a cursor nothing more.</summary>
    internal void Close(CacheCursor cursor)
    {
        lock (_lock)
        {
            _scoped.Remove(cursor);
        }
    }

    private CacheCursor OpenLocked(long sequence, WatchScope scope)
    {
        if (scope == WatchScope.Everything)
        {
            return new CacheCursor(this, scope, sequence, until: long.MaxValue, _generation);
        }

        var cursor = new CacheCursor(this, scope, sequence, until: _ring.Next, _generation);
        _scoped.Add(cursor);
        return cursor;
    }

    /// <summary>Wakes the cursors on everything.</summary>
    private void Pulse()
    {
        _changed?.TrySetResult();
        _changed = null;
    }

    private void ApplyLocked(IEnumerable<StorageEvent> events)
    {
        var snapshot = _snapshot!;
        var tree = snapshot.Objects;
        var revision = snapshot.Revision;
        var now = _time.GetTimestamp();
        foreach (var change in events)
        {
            if (change.ModRevision <= _loaded)
            {
                // The list was ahead of the watch, and holds this change.
                continue;
            }

            Invariant.Check(change.ModRevision >= revision);
            revision = change.ModRevision;
            CachedObject? previous;
            var current = change.Value is { } value ? TryEncode(change.Key, value, revision) : null;
            tree = current is not null
                ? tree.Set(current, out previous)
                : tree.Remove(change.Key[Prefix.Length..], out previous);
            if (current is not null || previous is not null)
            {
                var told = new CacheEvent(revision, now, current, previous);
                _ring.Add(told);
                _scoped.Note(told, _ring.Next - 1, _ring.First);
            }
        }

        Volatile.Write(ref _snapshot, new CacheSnapshot(tree, revision));
    }

    private CachedObject? TryEncode(string key, ReadOnlyMemory<byte> value, long revision)
    {
        try
        {
            return Encoder.Encode(key[Prefix.Length..], value.Span, revision);
        }
        catch (JsonException exception)
        {
            // Someone wrote past the API server. The object cannot be served; the rest must be.
            LogUndecodable(key, revision, exception);
            return null;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>The state of a resource at a revision. Immutable.</summary>
internal sealed record CacheSnapshot(ObjectTree Objects, long Revision);

/// <summary>Changes after a revision were asked for that are no longer held.</summary>
internal sealed class ResourceVersionTooOldException(long asked, long oldest)
    : Exception($"too old resource version: {asked} ({oldest})");
