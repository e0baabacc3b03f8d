using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Server.Watches;

/// <summary>
/// Finds the watchers of a key: those of the one key by hash, those of ranges in an array sorted by start that
/// knows the farthest end below each middle (an interval tree without pointers). Watchers of equal ranges share
/// one place. Not thread-safe.
/// </summary>
internal sealed class WatcherIndex
{
    private readonly Dictionary<ReadOnlyMemory<byte>, HashSet<Watcher>> _byKey = new(KeyMemoryComparer.Instance);
    private readonly Dictionary<(ReadOnlyMemory<byte>, ReadOnlyMemory<byte>), Interval> _byRange = new(RangeComparer.Instance);
    private Interval[] _sorted = [];
    private byte[]?[] _farthest = [];
    private bool _isStale;

    /// <summary>Number of watchers.</summary>
    public int Count { get; private set; }

    public void Add(Watcher watcher)
    {
        Count++;
        if (watcher.Range.IsSingle)
        {
            var key = watcher.Range.Start.ToArray();
            if (!_byKey.TryGetValue(key, out var same))
            {
                _byKey.Add(key, same = []);
            }
            same.Add(watcher);
            return;
        }
        var place = PlaceOf(watcher);
        if (!_byRange.TryGetValue(place, out var interval))
        {
            _byRange.Add(place, interval = new Interval(place.Item1.ToArray(), watcher.Range.IsUnbounded ? null : place.Item2.ToArray()));
            _isStale = true;
        }
        interval.Watchers.Add(watcher);
    }

    /// <returns>False when it was not there.</returns>
    public bool Remove(Watcher watcher)
    {
        if (watcher.Range.IsSingle)
        {
            var key = watcher.Range.Start.ToArray();
            if (!_byKey.TryGetValue(key, out var same) || !same.Remove(watcher))
            {
                return false;
            }
            if (same.Count == 0)
            {
                _byKey.Remove(key);
            }
            Count--;
            return true;
        }
        var place = PlaceOf(watcher);
        if (!_byRange.TryGetValue(place, out var interval) || !interval.Watchers.Remove(watcher))
        {
            return false;
        }
        if (interval.Watchers.Count == 0)
        {
            _byRange.Remove(place);
            _isStale = true;
        }
        Count--;
        return true;
    }

    /// <summary>Hands every watcher of the key to <paramref name="found"/>, which must not change the index.</summary>
    public void Match<TState>(byte[] key, TState state, Action<Watcher, TState> found)
    {
        if (_byKey.Count > 0 && _byKey.TryGetValue(key, out var same))
        {
            foreach (var watcher in same)
            {
                found(watcher, state);
            }
        }
        if (_isStale)
        {
            Sort();
        }
        MatchRanges(key, 0, _sorted.Length, state, found);
    }

    /// <summary>Takes every watcher out.</summary>
    public List<Watcher> TakeAll()
    {
        var all = _byKey.Values.SelectMany(static same => same)
            .Concat(_byRange.Values.SelectMany(static interval => interval.Watchers)).ToList();
        _byKey.Clear();
        _byRange.Clear();
        _isStale = true;
        Count = 0;
        return all;
    }

    private void MatchRanges<TState>(byte[] key, int low, int high, TState state, Action<Watcher, TState> found)
    {
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_farthest[middle] is { } farthest && farthest.AsSpan().SequenceCompareTo(key) <= 0)
            {
                return;
            }
            MatchRanges(key, low, middle, state, found);
            var interval = _sorted[middle];
            if (interval.Start.AsSpan().SequenceCompareTo(key) > 0)
            {
                return;
            }
            if (interval.End is null || interval.End.AsSpan().SequenceCompareTo(key) > 0)
            {
                foreach (var watcher in interval.Watchers)
                {
                    found(watcher, state);
                }
            }
            low = middle + 1;
        }
    }

    private void Sort()
    {
        _sorted = [.. _byRange.Values];
        Array.Sort(_sorted, static (a, b) => a.Start.AsSpan().SequenceCompareTo(b.Start));
        _farthest = new byte[_sorted.Length][];
        Measure(0, _sorted.Length);
        _isStale = false;
    }

    /// <summary>Notes at each middle the farthest end in its part of the array; null stands for no end.</summary>
    private (bool IsUnbounded, byte[] End) Measure(int low, int high)
    {
        if (low >= high)
        {
            return (false, []);
        }
        var middle = (low + high) >>> 1;
        var farthest = (IsUnbounded: _sorted[middle].End is null, End: _sorted[middle].End ?? []);
        foreach (var part in (ReadOnlySpan<(bool IsUnbounded, byte[] End)>)[Measure(low, middle), Measure(middle + 1, high)])
        {
            farthest.IsUnbounded |= part.IsUnbounded;
            farthest.End = part.End.AsSpan().SequenceCompareTo(farthest.End) > 0 ? part.End : farthest.End;
        }
        _farthest[middle] = farthest.IsUnbounded ? null : farthest.End;
        return farthest;
    }

    private static (ReadOnlyMemory<byte>, ReadOnlyMemory<byte>) PlaceOf(Watcher watcher)
        => (watcher.Range.Start.ToArray(), watcher.Range.IsUnbounded ? new byte[] { 0 } : watcher.Range.End.ToArray());

    private sealed class Interval(byte[] start, byte[]? end)
    {
        public byte[] Start { get; } = start;

        /// <summary>Exclusive end, null for none.</summary>
        public byte[]? End { get; } = end;

        public HashSet<Watcher> Watchers { get; } = [];
    }

    private sealed class KeyMemoryComparer : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static readonly KeyMemoryComparer Instance = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> key)
        {
            var hash = default(HashCode);
            hash.AddBytes(key.Span);
            return hash.ToHashCode();
        }
    }

    private sealed class RangeComparer : IEqualityComparer<(ReadOnlyMemory<byte>, ReadOnlyMemory<byte>)>
    {
        public static readonly RangeComparer Instance = new();

        public bool Equals((ReadOnlyMemory<byte>, ReadOnlyMemory<byte>) x, (ReadOnlyMemory<byte>, ReadOnlyMemory<byte>) y)
            => x.Item1.Span.SequenceEqual(y.Item1.Span) && x.Item2.Span.SequenceEqual(y.Item2.Span);

        public int GetHashCode((ReadOnlyMemory<byte>, ReadOnlyMemory<byte>) range)
        {
            var hash = default(HashCode);
            hash.AddBytes(range.Item1.Span);
            hash.AddBytes(range.Item2.Span);
            return hash.ToHashCode();
        }
    }
}
