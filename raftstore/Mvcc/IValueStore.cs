namespace Kube.RaftStore.Mvcc;

/// <summary>Where one value lies. The store that handed it out knows what the fields mean.</summary>
/// <param name="Reference">An object that holds the value, when it lies in memory.</param>
/// <param name="Position">Address or offset, when it does not.</param>
/// <param name="Length">Bytes of the value.</param>
public readonly record struct ValueHandle(object? Reference, long Position, int Length);

/// <summary>
/// Keeps the values that the key index points to. One thread at a time adds and drops; any thread reads beside it.
/// </summary>
public interface IValueStore
{
    /// <summary>Takes a value. The memory must never change afterwards: the store may keep it as it is.</summary>
    ValueHandle Add(ReadOnlyMemory<byte> value);

    /// <summary>Reads a value that was added and not dropped.</summary>
    ReadOnlyMemory<byte> Read(in ValueHandle handle);

    /// <summary>
    /// Gives a value up. Reads that began before may still come; they must find the value or fail, never find another.
    /// </summary>
    void Drop(in ValueHandle handle);
}

/// <summary>Values as byte arrays on the heap.</summary>
public sealed class MemoryValueStore : IValueStore
{
    /// <inheritdoc/>
    public ValueHandle Add(ReadOnlyMemory<byte> value)
    {
        if (value.IsEmpty)
        {
            return default;
        }
        var whole = System.Runtime.InteropServices.MemoryMarshal.TryGetArray(value, out var segment)
            && segment.Offset == 0 && segment.Count == segment.Array!.Length;
        return new ValueHandle(whole ? segment.Array : value.ToArray(), 0, value.Length);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Read(in ValueHandle handle) => (byte[]?)handle.Reference;

    /// <inheritdoc/>
    public void Drop(in ValueHandle handle)
    {
    }
}
