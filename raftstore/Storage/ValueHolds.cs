using Kube.Base;

namespace Kube.RaftStore.Storage;

/// <summary>
/// Keeps freed pieces of value files for as long as a snapshot may refer to them. Snapshots are counted as they begin to be written: one can
/// refer to what was not freed before it began, so a piece waits for all that had begun when it was freed. Safe for use from many threads.
/// </summary>
internal sealed class ValueHolds
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, int> _holders = [];
    private readonly Queue<(long Number, long Place, int LengthBytes)> _freed = new();
    private long _begun;

    /// <summary>Counts a snapshot, which then is held once: by what is being written, then by the file.</summary>
    public long Begin()
    {
        lock (_lock)
        {
            _holders.Add(++_begun, 1);
            return _begun;
        }
    }

    /// <summary>Holds a snapshot that is held once more: somebody reads it.</summary>
    public void Hold(long number)
    {
        lock (_lock)
        {
            Invariant.Check(_holders.ContainsKey(number), $"snapshot {number} is not held by anybody");
            _holders[number]++;
        }
    }

    /// <summary>Takes a hold back: the file is removed, was never finished, or is read no more.</summary>
    public void Release(long number)
    {
        lock (_lock)
        {
            if (--_holders[number] == 0)
            {
                _holders.Remove(number);
            }
        }
    }

    /// <summary>Notes a piece that no page is in any more.</summary>
    public void Free(long place, int lengthBytes)
    {
        lock (_lock)
        {
            _freed.Enqueue((_begun, place, lengthBytes));
        }
    }

    /// <summary>Takes a freed piece to which no snapshot that is held can refer.</summary>
    public bool TryTakeFreed(out long place, out int lengthBytes)
    {
        lock (_lock)
        {
            (place, lengthBytes) = (0, 0);
            // Both are in the order of the count: if the oldest has to wait, all have.
            if (!_freed.TryPeek(out var oldest) || (_holders.Count > 0 && _holders.First().Key <= oldest.Number))
            {
                return false;
            }

            _freed.Dequeue();
            (place, lengthBytes) = (oldest.Place, oldest.LengthBytes);
            return true;
        }
    }
}
