namespace Kube.ApiServer.Storage.WatchCache;

/// <summary>
/// A watcher's place among the changes of a resource. The events stay in the cache's ring, which is the watcher's
/// queue: one that falls behind its end has lost its place and must list again. A cursor with a scope is told which of
/// them concern it, and sleeps through the others. For one thread at a time.
/// </summary>
/// <remarks>
/// A scoped cursor reads in two parts: what the ring held already when it was opened, from <c>sequence</c> up to
/// <c>until</c>, it looks through itself; of what comes from there on it holds the numbers that <see cref="ScopeIndex"/>
/// noted. Those are fewer than the ring has places, since a cursor whose first one has left the ring is lost.
/// </remarks>
internal sealed class CacheCursor(ResourceCache cache, WatchScope scope, long sequence, long until, long generation) : IDisposable
{
    private readonly Queue<long> _noted = [];
    private TaskCompletionSource? _signal;
    private long _sequence = sequence;
    private bool _lost;

    /// <summary>What the cursor may skip: changes of objects outside.</summary>
    public WatchScope Scope => scope;

    /// <summary>
    /// Completes once there may be more to read, or the place is lost. To be taken before <see cref="TryRead"/> finds
    /// nothing.
    /// </summary>
    public Task Changed => cache.ChangedOf(this);

    /// <summary>Copies the next changes within the scope, none if there are none yet. False when the place is lost.</summary>
    public bool TryRead(Span<CacheEvent> into, out int count)
    {
        if (scope == WatchScope.Everything)
        {
            return cache.TryScan(scope, ref _sequence, until, generation, into, out count);
        }

        count = 0;
        while (_sequence < until && count == 0)
        {
            if (!cache.TryScan(scope, ref _sequence, until, generation, into, out count))
            {
                return false;
            }
        }

        return count > 0 || cache.TryTake(this, generation, into, out count);
    }

    public void Dispose() => cache.Close(this);

    /// <summary>Takes the number of a change to read. Under the cache's lock, as all below.</summary>
    internal void Note(long next, long first)
    {
        if (_lost)
        {
            return;
        }

        if (_noted.TryPeek(out var oldest) && oldest < first)
        {
            _lost = true;
            _noted.Clear();
        }
        else
        {
            _noted.Enqueue(next);
        }

        Wake();
    }

    internal void Wake()
    {
        _signal?.TrySetResult();
        _signal = null;
    }

    internal Task NextSignal()
    {
        if (_lost || _noted.Count > 0)
        {
            return Task.CompletedTask;
        }

        _signal ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _signal.Task;
    }

    /// <summary>Copies noted changes out of the ring. False when the first of them has left it.</summary>
    internal bool TryTake(EventRing ring, Span<CacheEvent> into, out int count)
    {
        count = 0;
        if (_lost || (_noted.TryPeek(out var oldest) && oldest < ring.First))
        {
            return false;
        }

        while (count < into.Length && _noted.TryDequeue(out var next))
        {
            into[count++] = ring[next];
        }

        return true;
    }
}
