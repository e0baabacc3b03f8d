namespace Kube.RaftStore.Apply.Bolt;

/// <summary>A key and its value on their way into a file. The value is asked for only when it is written.</summary>
/// <param name="Key">The key; not to be changed before the next entry is taken.</param>
/// <param name="ValueBytes">Length of the value.</param>
/// <param name="WriteValue">Writes the value into a span of just that length.</param>
public readonly record struct BoltEntry(ReadOnlyMemory<byte> Key, int ValueBytes, Action<Span<byte>> WriteValue)
{
    /// <summary>An entry whose value is at hand.</summary>
    public BoltEntry(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value)
        : this(key, value.Length, destination => value.Span.CopyTo(destination))
    {
    }
}

/// <summary>A bucket on its way into a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Entries">Its entries in the order of their keys. Walked twice, with the same result.</param>
public sealed record BoltBucket(string Name, IEnumerable<BoltEntry> Entries);
