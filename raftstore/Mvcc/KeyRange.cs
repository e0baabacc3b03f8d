namespace Kube.RaftStore.Mvcc;

/// <summary>
/// A range of keys as etcd's requests write it: an empty end means the one key, a single zero byte as end
/// means every key from the start on, anything else is exclusive.
/// </summary>
public readonly struct KeyRange
{
    private readonly ReadOnlyMemory<byte> _start;
    private readonly ReadOnlyMemory<byte> _end;

    public KeyRange(ReadOnlyMemory<byte> start, ReadOnlyMemory<byte> end)
    {
        _start = start;
        IsSingle = end.IsEmpty;
        IsUnbounded = end.Length == 1 && end.Span[0] == 0;
        _end = end;
    }

    /// <summary>First key of the range.</summary>
    public ReadOnlySpan<byte> Start => _start.Span;

    /// <summary>First key after the range; not to be asked of a single or unbounded one.</summary>
    public ReadOnlySpan<byte> End => _end.Span;

    /// <summary>True when the range is the one key <see cref="Start"/>.</summary>
    public bool IsSingle { get; }

    /// <summary>True when the range has no end.</summary>
    public bool IsUnbounded { get; }

    /// <summary>True when the range cannot hold a key: it ends where or before it starts.</summary>
    public bool IsEmpty => !IsSingle && !IsUnbounded && _start.Span.SequenceCompareTo(_end.Span) >= 0;

    /// <summary>True when <paramref name="key"/> lies in the range.</summary>
    public bool Contains(ReadOnlySpan<byte> key)
        => IsSingle ? key.SequenceEqual(_start.Span) : key.SequenceCompareTo(_start.Span) >= 0 && IsBeforeEnd(key);

    /// <summary>True when <paramref name="key"/>, known not to be before the start, is not past the end.</summary>
    public bool IsBeforeEnd(ReadOnlySpan<byte> key)
        => IsUnbounded || (IsSingle ? key.SequenceEqual(_start.Span) : key.SequenceCompareTo(_end.Span) < 0);
}
