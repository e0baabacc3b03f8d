using System.Runtime.CompilerServices;

namespace Kube.ApiServer.Storage;

/// <summary>
/// A store in memory with the promises of <see cref="IObjectStorage"/> but durability: the dumb twin of the real one,
/// for tests. History is kept whole until <see cref="Compact"/>. Thread-safe: one lock around everything.
/// </summary>
public sealed class InMemoryObjectStorage(TimeProvider timeProvider) : IObjectStorage
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);
    private readonly List<StorageEvent> _history = [];
    private readonly Dictionary<string, ITimer> _expiry = new(StringComparer.Ordinal);
    private long _revision = 1;
    private long _compacted;
    private TaskCompletionSource _changed = NewSignal();
    private long _progressRequests;

    /// <inheritdoc/>
    public Task<StorageRead> GetAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return Task.FromResult(new StorageRead(_objects.GetValueOrDefault(key), _revision));
        }
    }

    /// <inheritdoc/>
    public Task<long> CurrentRevisionAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return Task.FromResult(_revision);
        }
    }

    /// <inheritdoc/>
    public Task<StorageList> ListAsync(StorageListRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (request.Revision > _revision)
            {
                throw new StorageFutureRevisionException(request.Revision, _revision);
            }

            if (request.Revision > 0 && request.Revision < _compacted)
            {
                throw new StorageCompactedException(_compacted);
            }

            var state = request.Revision is 0 || request.Revision == _revision ? _objects : StateAt(request.Revision);
            var start = request.StartKey ?? request.Prefix;
            var all = state.Values
                .Where(o => o.Key.StartsWith(request.Prefix, StringComparison.Ordinal) && string.CompareOrdinal(o.Key, start) >= 0)
                .ToList();
            var page = request.Limit > 0 && request.Limit < all.Count ? all[..request.Limit] : all;
            var revision = request.Revision is 0 ? _revision : request.Revision;
            return Task.FromResult(new StorageList(page, revision, all.Count - page.Count));
        }
    }

    /// <inheritdoc/>
    public Task<WriteOutcome> CreateAsync(string key, ReadOnlyMemory<byte> value, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return Task.FromResult(_objects.TryGetValue(key, out var current)
                ? new WriteOutcome(false, _revision, current)
                : Put(key, value, null, timeToLive));
        }
    }

    /// <inheritdoc/>
    public Task<WriteOutcome> UpdateAsync(string key, ReadOnlyMemory<byte> value, long expectedRevision, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var current = _objects.GetValueOrDefault(key);
            return Task.FromResult(current?.ModRevision != expectedRevision
                ? new WriteOutcome(false, _revision, current)
                : Put(key, value, current, timeToLive));
        }
    }

    /// <inheritdoc/>
    public Task<WriteOutcome> DeleteAsync(string key, long expectedRevision, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var current = _objects.GetValueOrDefault(key);
            return Task.FromResult(current is null || current.ModRevision != expectedRevision
                ? new WriteOutcome(false, _revision, current)
                : Remove(current));
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StorageEventBatch> WatchAsync(
        string prefix, long fromRevision, bool withPrevious, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = fromRevision;
        var progressSeen = Interlocked.Read(ref _progressRequests);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<StorageEvent> events;
            long upTo;
            Task changed;
            lock (_lock)
            {
                if (next <= _compacted)
                {
                    throw new StorageCompactedException(_compacted);
                }

                changed = _changed.Task;
                upTo = _revision;
                events = _history
                    .Where(e => e.ModRevision >= next && e.Key.StartsWith(prefix, StringComparison.Ordinal))
                    .Select(e => withPrevious ? e : e with { Previous = null })
                    .ToList();
            }

            var asked = Interlocked.Read(ref _progressRequests);
            if (events.Count > 0 || asked != progressSeen || upTo >= next)
            {
                progressSeen = asked;
                next = Math.Max(next, upTo + 1);
                yield return new StorageEventBatch(upTo, events);
            }
            else
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public Task RequestProgressAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _progressRequests++;
            Signal();
        }

        return Task.CompletedTask;
    }

    /// <summary>Forgets history at and before <paramref name="revision"/>, as etcd's compaction does.</summary>
    public void Compact(long revision)
    {
        lock (_lock)
        {
            _compacted = Math.Min(revision, _revision);
            Signal();
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            foreach (var timer in _expiry.Values)
            {
                timer.Dispose();
            }

            _expiry.Clear();
        }

        return ValueTask.CompletedTask;
    }

    private SortedDictionary<string, StoredObject> StateAt(long revision)
    {
        var state = new SortedDictionary<string, StoredObject>(StringComparer.Ordinal);
        foreach (var change in _history.TakeWhile(e => e.ModRevision <= revision))
        {
            if (change.Value is not { } value)
            {
                state.Remove(change.Key);
                continue;
            }

            var created = state.TryGetValue(change.Key, out var before) ? before.CreateRevision : change.ModRevision;
            state[change.Key] = new StoredObject(change.Key, value, created, change.ModRevision);
        }

        return state;
    }

    private WriteOutcome Put(string key, ReadOnlyMemory<byte> value, StoredObject? current, TimeSpan? timeToLive)
    {
        _revision++;
        var stored = new StoredObject(key, value.ToArray(), current?.CreateRevision ?? _revision, _revision);
        _objects[key] = stored;
        _history.Add(new StorageEvent(key, stored.Value, _revision, current));
        CancelExpiry(key);
        if (timeToLive is { } delay)
        {
            var revision = _revision;
            _expiry[key] = timeProvider.CreateTimer(_ => Expire(key, revision), null, delay, Timeout.InfiniteTimeSpan);
        }

        Signal();
        return new WriteOutcome(true, _revision, null);
    }

    private WriteOutcome Remove(StoredObject current)
    {
        _revision++;
        _objects.Remove(current.Key);
        CancelExpiry(current.Key);
        _history.Add(new StorageEvent(current.Key, null, _revision, current));
        Signal();
        return new WriteOutcome(true, _revision, null);
    }

    private void Expire(string key, long revision)
    {
        lock (_lock)
        {
            if (_objects.TryGetValue(key, out var current) && current.ModRevision == revision)
            {
                Remove(current);
            }
        }
    }

    private void CancelExpiry(string key)
    {
        if (_expiry.Remove(key, out var timer))
        {
            timer.Dispose();
        }
    }

    private void Signal()
    {
        var changed = _changed;
        _changed = NewSignal();
        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
