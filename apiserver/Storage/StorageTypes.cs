namespace Kube.ApiServer.Storage;

/// <summary>An object as the store holds it.</summary>
/// <param name="Key">The whole key.</param>
/// <param name="Value">Encoded object; not to be changed by anyone.</param>
/// <param name="CreateRevision">Revision of the write that made the key.</param>
/// <param name="ModRevision">Revision of the last write: the object's resourceVersion.</param>
public sealed record StoredObject(string Key, ReadOnlyMemory<byte> Value, long CreateRevision, long ModRevision);

/// <summary>Result of a read: the object or null, and the store's revision at the read.</summary>
public readonly record struct StorageRead(StoredObject? Object, long Revision);

/// <summary>What to list.</summary>
/// <param name="Prefix">Keys begin with it; it ends with a slash.</param>
/// <param name="StartKey">First key to return, inclusive; null for the prefix itself.</param>
/// <param name="Limit">Most objects to return; 0 for all.</param>
/// <param name="Revision">State of the store to read; 0 for the present one.</param>
public readonly record struct StorageListRequest(string Prefix, string? StartKey = null, int Limit = 0, long Revision = 0);

/// <summary>A page of objects.</summary>
/// <param name="Objects">In ordinal key order.</param>
/// <param name="Revision">Revision of the state that was read: the asked one, or the store's at the time.</param>
/// <param name="Remaining">Number of objects with the prefix that follow the page.</param>
public sealed record StorageList(IReadOnlyList<StoredObject> Objects, long Revision, long Remaining);

/// <summary>Outcome of a conditional write.</summary>
/// <param name="Succeeded">True when the condition held and the write is durable.</param>
/// <param name="Revision">The write's revision, or the store's when nothing was written.</param>
/// <param name="Current">When the condition failed, the present object, or null when there is none.</param>
public readonly record struct WriteOutcome(bool Succeeded, long Revision, StoredObject? Current);

/// <summary>One change of one key.</summary>
/// <param name="Key">The whole key.</param>
/// <param name="Value">The new value; null when the key was removed.</param>
/// <param name="ModRevision">Revision of the change.</param>
/// <param name="Previous">The object before the change, when asked for and still held by the store.</param>
public sealed record StorageEvent(string Key, ReadOnlyMemory<byte>? Value, long ModRevision, StoredObject? Previous);

/// <summary>
/// Changes in revision order. After it the receiver has seen every change up to and including
/// <paramref name="Revision"/>; a batch without events tells just that.
/// </summary>
public sealed record StorageEventBatch(long Revision, IReadOnlyList<StorageEvent> Events);

/// <summary>The store could not do what was asked.</summary>
public class StorageException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>History before <see cref="CompactRevision"/> is gone.</summary>
public sealed class StorageCompactedException(long compactRevision)
    : StorageException($"mvcc: required revision has been compacted (compact revision {compactRevision})")
{
    public long CompactRevision { get; } = compactRevision;
}

/// <summary>A revision was asked for that the store has not reached.</summary>
public sealed class StorageFutureRevisionException(long revision, long current)
    : StorageException($"mvcc: required revision is a future revision ({revision} > {current})")
{
    public long Current { get; } = current;
}

/// <summary>No member of the store answered in time.</summary>
public sealed class StorageUnavailableException(string message, bool outcomeUnknown, Exception? inner = null)
    : StorageException(message, inner)
{
    /// <summary>True for a write that may or may not have happened.</summary>
    public bool OutcomeUnknown { get; } = outcomeUnknown;
}
