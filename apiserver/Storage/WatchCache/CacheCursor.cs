namespace Kube.ApiServer.Storage.WatchCache;

/// <summary>
/// A watcher's place among the changes of a resource. The events stay in the cache's ring, which is the watcher's
/// queue: one that falls behind its end has lost its place and must list again. For one thread at a time.
/// </summary>
internal sealed class CacheCursor(ResourceCache cache, long sequence, long generation)
{
    private long _sequence = sequence;

    /// <summary>Copies the next changes, none if there are none yet. False when the place is lost.</summary>
    public bool TryRead(Span<CacheEvent> into, out int count) => cache.TryRead(ref _sequence, generation, into, out count);
}
