namespace Kube.ApiServer.Storage.WatchCache;

/// <summary>One change of one object in a cache.</summary>
/// <param name="revision">Revision of the change.</param>
/// <param name="current">The object after it; null when it was removed.</param>
/// <param name="previous">The object before it; null when it was created.</param>
internal sealed class CacheEvent(long revision, long timestamp, CachedObject? current, CachedObject? previous)
{
    private CachedObject? _departed;

    public long Revision { get; } = revision;

    /// <summary>When it came in, in ticks of the cache's TimeProvider.</summary>
    public long Timestamp { get; } = timestamp;

    public CachedObject? Current { get; } = current;

    public CachedObject? Previous { get; } = previous;

    /// <summary>
    /// The previous object with the revision of this change, as a DELETED event shows it: a client that resumes from
    /// the event must not see the deletion again.
    /// </summary>
    public CachedObject Departed()
    {
        if (_departed is { } known)
        {
            return known;
        }

        var before = Previous ?? throw new InvalidOperationException("a created object has not departed");
        var json = ResourceVersions.Replace(before.Json, Revision);
        var departed = new CachedObject(before.Key, json, Revision, before.Namespace, before.Name, before.Labels, before.Fields);
        return Interlocked.CompareExchange(ref _departed, departed, null) ?? departed;
    }
}
