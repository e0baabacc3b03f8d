namespace Kube.RaftStore.Mvcc;

/// <summary>Where one value lies. The store that handed it out knows what the fields mean.</summary>
/// <param name="Reference">An object that holds the value, or knows where it is; null for an empty value.</param>
/// <param name="Position">Where in that it begins.</param>
/// <param name="Length">Bytes of the value.</param>
/// <param name="Checksum">Their CRC32C, for a store that moves them to disk.</param>
public readonly record struct ValueHandle(object? Reference, int Position, int Length, uint Checksum = 0);

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

    /// <summary>Whether values can be named by where they lie on disk.</summary>
    bool HasReferences { get; }

    /// <summary>
    /// Says where a value lies on disk, and writes it there if it is not. Any thread, while a pin keeps the value.
    /// </summary>
    /// <returns>False when it has no place there, or is better written out.</returns>
    bool TryRefer(in ValueHandle handle, out ValueReference reference);

    /// <summary>Makes durable what was referred to.</summary>
    void SyncReferred();

    /// <summary>Takes a value that lies on disk, in the same place as <see cref="TryRefer"/> once said.</summary>
    ValueHandle Adopt(in ValueReference reference);

    /// <summary>Says that all values of a restored state were adopted; only then may one be dropped.</summary>
    void EndAdoption();
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

    /// <inheritdoc/>
    public bool HasReferences => false;

    /// <inheritdoc/>
    public bool TryRefer(in ValueHandle handle, out ValueReference reference)
    {
        reference = default;
        return false;
    }

    /// <inheritdoc/>
    public void SyncReferred()
    {
    }

    /// <inheritdoc/>
    public ValueHandle Adopt(in ValueReference reference) => throw new NotSupportedException("values in memory have no place on disk");

    /// <inheritdoc/>
    public void EndAdoption()
    {
    }
}
