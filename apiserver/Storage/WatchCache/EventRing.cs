namespace Kube.ApiServer.Storage.WatchCache;

/// <summary>
/// The latest changes of one resource, in revision order: the shared, bounded queue of all its watchers, who read it by
/// cursor. It grows while its oldest event is young, up to a limit; then the oldest makes room. Not thread-safe.
/// </summary>
internal sealed class EventRing
{
    private const int InitialCapacity = 256;

    private readonly int _maxCapacity;
    private readonly long _minAgeTicks;
    private CacheEvent[] _events = new CacheEvent[InitialCapacity];

    /// <param name="maxCapacity">Most events held; a power of two.</param>
    /// <param name="minAgeTicks">An event younger than this is kept while there is capacity to grow.</param>
    public EventRing(int maxCapacity, long minAgeTicks)
    {
        _maxCapacity = Math.Max(maxCapacity, InitialCapacity);
        _minAgeTicks = minAgeTicks;
    }

    /// <summary>Sequence number of the oldest event held; equal to <see cref="Next"/> when none is.</summary>
    public long First { get; private set; }

    /// <summary>Sequence number that the next event gets.</summary>
    public long Next { get; private set; }

    /// <summary>Every change after this revision is either held or still to come.</summary>
    public long CompleteAfter { get; private set; }

    public CacheEvent this[long sequence] => _events[sequence & (_events.Length - 1)];

    /// <summary>Forgets everything; changes after <paramref name="revision"/> will follow.</summary>
    public void Reset(long revision)
    {
        Array.Clear(_events);
        First = Next;
        CompleteAfter = revision;
    }

    public void Add(CacheEvent change)
    {
        if (Next - First == _events.Length && !TryGrow(change.Timestamp))
        {
            CompleteAfter = this[First].Revision;
            First++;
        }

        _events[Next & (_events.Length - 1)] = change;
        Next++;
    }

    /// <summary>Sequence number of the first event with a revision above the given one.</summary>
    public long SequenceAfter(long revision)
    {
        long low = First, high = Next;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (this[middle].Revision <= revision)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private bool TryGrow(long now)
    {
        if (_events.Length >= _maxCapacity || now - this[First].Timestamp >= _minAgeTicks)
        {
            return false;
        }

        var grown = new CacheEvent[_events.Length * 2];
        for (var sequence = First; sequence < Next; sequence++)
        {
            grown[sequence & (grown.Length - 1)] = this[sequence];
        }

        _events = grown;
        return true;
    }
}
