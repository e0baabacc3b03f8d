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

    private readonly Lock _lock = new();
    private readonly EventRing _ring;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly List<StorageEvent> _pending = [];
    private CacheSnapshot? _snapshot;
    private long _loaded;
    private TaskCompletionSource _changed = NewSignal();
    private TaskCompletionSource _ready = NewSignal();
    private long _generation;

    public ResourceCache(string prefix, IReadOnlyList<SelectableField> fields, TimeProvider time, ILogger logger, int maxEvents = 65_536)
    {
        Prefix = prefix;
        Encoder = new ObjectEncoder(fields);
        _time = time;
        _logger = logger;
        _ring = new EventRing(maxEvents, time.TimestampFrequency * 75);
    }

    /// <summary>Keys of the resource begin with it: "/registry/pods/".</summary>
    public string Prefix { get; }

    public ObjectEncoder Encoder { get; }

    /// <summary>The present state; null until the first list has been read, and while it is read again.</summary>
    public CacheSnapshot? Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>Completes with the next change, or with a loss of the state.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

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

    /// <summary>Wakes all watchers, so that they look at the clock.</summary>
    public void Pulse()
    {
        var changed = Interlocked.Exchange(ref _changed, NewSignal());
        changed.TrySetResult();
    }

    /// <summary>
    /// Begins to read changes after a revision.
    /// </summary>
    /// <exception cref="ResourceVersionTooOldException">Some of those changes are no longer held.</exception>
    public CacheCursor OpenCursor(long afterRevision)
    {
        lock (_lock)
        {
            if (_snapshot is null || afterRevision < _ring.CompleteAfter)
            {
                throw new ResourceVersionTooOldException(afterRevision, _ring.CompleteAfter);
            }

            return new CacheCursor(this, _ring.SequenceAfter(afterRevision), _generation);
        }
    }

    /// <summary>The present state, and a cursor on what changes after it.</summary>
    public (CacheSnapshot Snapshot, CacheCursor Cursor)? OpenWithSnapshot()
    {
        lock (_lock)
        {
            return _snapshot is { } snapshot ? (snapshot, new CacheCursor(this, _ring.Next, _generation)) : null;
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

    /// <summary>Copies changes from a sequence number on. False when some are gone or the state was lost.</summary>
    internal bool TryRead(ref long sequence, long generation, Span<CacheEvent> into, out int count)
    {
        lock (_lock)
        {
            count = 0;
            if (generation != _generation || sequence < _ring.First)
            {
                return false;
            }

            while (count < into.Length && sequence < _ring.Next)
            {
                into[count++] = _ring[sequence++];
            }

            return true;
        }
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
                _ring.Add(new CacheEvent(revision, now, current, previous));
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
