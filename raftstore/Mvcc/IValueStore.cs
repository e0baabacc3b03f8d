namespace Kube.RaftStore.Mvcc;

/// <summary>Where one value lies. The store that handed it out knows what the fields mean.</summary>
/// <param name="Reference">An object that holds the value, or knows where it is; null for an empty value.</param>
/// <param name="Position">Where in that it begins.</param>
/// <param name="Length">Bytes of the value.</param>
public readonly record struct ValueHandle(object? Reference, int Position, int Length);

/// <summary>
/// Keeps the values that the key index points to. One thread at a time adds and drops; any thread reads beside it, and
/// one more keeps it in order with <see cref="Maintain"/>.
/// </summary>
public interface IValueStore
{
    /// <summary>Takes a copy of a value. Never fails: without room on disk it stays in memory.</summary>
    ValueHandle Add(ReadOnlySpan<byte> value);

    /// <summary>Reads a value. The memory never changes, whatever becomes of the value.</summary>
    /// <exception cref="ValueGoneException">It was dropped: compaction has passed whoever reads.</exception>
    ReadOnlyMemory<byte> Read(in ValueHandle handle);

    /// <summary>
    /// Gives a value up. Reads that began before may still come; they find the value or fail, never another.
    /// </summary>
    void Drop(in ValueHandle handle);

    /// <summary>Does one step, some milliseconds at most, of moving values to disk or giving room back.</summary>
    /// <returns>True when there is more to do.</returns>
    bool Maintain();
}

/// <summary>A value was dropped before it was read: what it belonged to is compacted. Look at the revisions anew.</summary>
public sealed class ValueGoneException() : Exception("the value was compacted before it was read");

/// <summary>Values as byte arrays on the heap.</summary>
public sealed class MemoryValueStore : IValueStore
{
    /// <inheritdoc/>
    public ValueHandle Add(ReadOnlySpan<byte> value) => value.IsEmpty ? default : new ValueHandle(value.ToArray(), 0, value.Length);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Read(in ValueHandle handle) => (byte[]?)handle.Reference;

    /// <inheritdoc/>
    public void Drop(in ValueHandle handle)
    {
    }

    /// <inheritdoc/>
    public bool Maintain() => false;
}
