using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Queue;

/// <summary>
/// The changes of the cluster since the oldest attempt under way began, for attempts that end without a node to look through. Bounded:
/// when too many come, the oldest are forgotten, and whoever misses them takes it that anything has changed. Not thread-safe.
/// </summary>
internal sealed class EventLog
{
    /// <summary>Most changes remembered.</summary>
    public const int Limit = 4096;

    private readonly Queue<ClusterEvent> _events = new();
    private readonly SortedDictionary<long, int> _attempts = [];
    private long _end;

    /// <summary>An attempt begins; the mark is for <see cref="End"/>.</summary>
    public long Begin()
    {
        _attempts[_end] = _attempts.GetValueOrDefault(_end) + 1;
        return _end;
    }

    public void Add(ClusterEvent change)
    {
        if (_attempts.Count == 0)
        {
            return;
        }

        _events.Enqueue(change);
        _end++;
        if (_events.Count > Limit)
        {
            _events.Dequeue();
        }
    }

    /// <summary>An attempt ends. Returns the changes since it began.</summary>
    public IReadOnlyList<ClusterEvent> End(long mark, bool wantChanges)
    {
        var first = _end - _events.Count;
        IReadOnlyList<ClusterEvent> changes = !wantChanges ? []
            : mark < first ? [ClusterEvent.Anything]
            : [.. _events.Skip((int)(mark - first))];
        if (_attempts.TryGetValue(mark, out var count))
        {
            if (count > 1)
            {
                _attempts[mark] = count - 1;
            }
            else
            {
                _attempts.Remove(mark);
            }
        }

        var needed = _attempts.Count == 0 ? _end : _attempts.First().Key;
        while (_events.Count > 0 && _end - _events.Count < needed)
        {
            _events.Dequeue();
        }

        return changes;
    }
}
