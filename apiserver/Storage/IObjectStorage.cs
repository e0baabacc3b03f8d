namespace Kube.ApiServer.Storage;

/// <summary>
/// The API server's view of the replicated store: encoded objects under string keys, every change with a revision
/// that orders it among all changes of the store (etcd's model).
/// </summary>
/// <remarks>
/// All members may be called from any thread at once. Reads are linearizable: they see every write that was
/// acknowledged before they began. A write is acknowledged only when the store holds it durably on a majority.
/// Failures are <see cref="StorageException"/>s; a write whose outcome cannot be known says so through
/// <see cref="StorageUnavailableException.OutcomeUnknown"/> and is never repeated here.
/// </remarks>
public interface IObjectStorage : IAsyncDisposable
{
    /// <summary>Reads one object; <see cref="StorageRead.Object"/> is null when the key is absent.</summary>
    Task<StorageRead> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the objects whose keys begin with a prefix, in ordinal key order.
    /// </summary>
    /// <exception cref="StorageCompactedException">The asked revision is no longer held.</exception>
    /// <exception cref="StorageFutureRevisionException">The asked revision has not been reached.</exception>
    Task<StorageList> ListAsync(StorageListRequest request, CancellationToken cancellationToken);

    /// <summary>The store's revision, confirmed by a majority after the call began; cheaper than any read of objects.</summary>
    Task<long> CurrentRevisionAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes an object if the key is absent; otherwise nothing changes, and the outcome carries the present object.
    /// With <paramref name="timeToLive"/> the store removes the object once that long has passed since its last write.
    /// </summary>
    Task<WriteOutcome> CreateAsync(string key, ReadOnlyMemory<byte> value, TimeSpan? timeToLive, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces an object if its modification revision is still <paramref name="expectedRevision"/>; otherwise nothing
    /// changes, and the outcome carries the present object, or none when the key is absent.
    /// </summary>
    Task<WriteOutcome> UpdateAsync(string key, ReadOnlyMemory<byte> value, long expectedRevision, TimeSpan? timeToLive, CancellationToken cancellationToken);

    /// <summary>Removes an object if its modification revision is still <paramref name="expectedRevision"/>; otherwise as update.</summary>
    Task<WriteOutcome> DeleteAsync(string key, long expectedRevision, CancellationToken cancellationToken);

    /// <summary>
    /// Every change of keys beginning with <paramref name="prefix"/> from <paramref name="fromRevision"/> on (inclusive),
    /// in revision order and each once; all changes of one revision come in one batch. Ends only by cancellation or
    /// an exception. A connection lost on the way is made again behind the scenes, from the last revision delivered.
    /// </summary>
    /// <exception cref="StorageCompactedException">The history from that revision is no longer held.</exception>
    IAsyncEnumerable<StorageEventBatch> WatchAsync(string prefix, long fromRevision, bool withPrevious, CancellationToken cancellationToken);

    /// <summary>
    /// Asks that every running watch soon delivers a batch, empty if need be, whose
    /// <see cref="StorageEventBatch.Revision"/> is at least the store's revision at the time of the call.
    /// </summary>
    Task RequestProgressAsync(CancellationToken cancellationToken);
}
