using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Apply.Access;

/// <summary>A set of keys, as intervals that neither overlap nor touch, in order. Immutable.</summary>
internal sealed class KeyIntervals
{
    private readonly List<(byte[] Start, byte[]? End)> _intervals = [];

    /// <param name="ranges">What the set consists of, in any order.</param>
    public KeyIntervals(IEnumerable<KeyRange> ranges)
    {
        foreach (var range in ranges.Where(static range => !range.IsEmpty).OrderBy(static range => range.Start.ToArray(), KeyOrder.Instance))
        {
            Add(range.Start.ToArray(), EndOf(range));
        }
    }

    /// <summary>True when every key of the range is in the set.</summary>
    public bool Contains(KeyRange range)
    {
        int low = 0, high = _intervals.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_intervals[middle].Start.AsSpan().SequenceCompareTo(range.Start) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        // A range that is empty asks for its start alone.
        return low > 0 && _intervals[low - 1].End is var end
            && (end is null || (EndOf(range) is { } last && end.AsSpan().SequenceCompareTo(range.Start) > 0 && end.AsSpan().SequenceCompareTo(last) >= 0));
    }

    private void Add(byte[] start, byte[]? end)
    {
        if (_intervals.Count > 0 && _intervals[^1] is var last && (last.End is null || last.End.AsSpan().SequenceCompareTo(start) >= 0))
        {
            if (last.End is not null && (end is null || end.AsSpan().SequenceCompareTo(last.End) > 0))
            {
                _intervals[^1] = (last.Start, end);
            }
            return;
        }
        _intervals.Add((start, end));
    }

    /// <summary>First key after the range, null when there is none.</summary>
    private static byte[]? EndOf(KeyRange range)
        => range.IsUnbounded ? null : range.IsSingle ? [.. range.Start, 0] : range.End.ToArray();

    private sealed class KeyOrder : IComparer<byte[]>
    {
        public static readonly KeyOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
