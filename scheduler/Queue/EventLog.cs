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

    /// <summary>How many attempts began at a mark, the oldest mark first; those that have ended are taken out when they come first.</summary>
    private readonly Queue<Attempts> _attempts = new();
    private Attempts? _latest;
    private int _running;
    private long _end;

    /// <summary>An attempt begins; the mark is for <see cref="End"/>.</summary>
    public long Begin()
    {
        if (_latest is null || _latest.Mark != _end)
        {
            _latest = new Attempts(_end);
            _attempts.Enqueue(_latest);
        }

        _latest.Count++;
        _running++;
        return _end;
    }

    public void Add(ClusterEvent change)
    {
        if (_running == 0)
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
        IReadOnlyList<ClusterEvent> changes = !wantChanges || mark == _end ? []
            : mark < first ? [ClusterEvent.Anything]
            : [.. _events.Skip((int)(mark - first))];
        foreach (var attempts in _attempts)
        {
            if (attempts.Mark == mark)
            {
                attempts.Count--;
                _running--;
                break;
            }
        }

        while (_attempts.TryPeek(out var oldest) && oldest.Count == 0)
        {
            _attempts.Dequeue();
            _latest = _attempts.Count == 0 ? null : _latest;
        }

        var needed = _attempts.TryPeek(out var left) ? left.Mark : _end;
        while (_events.Count > 0 && _end - _events.Count < needed)
        {
            _events.Dequeue();
        }

        return changes;
    }

    private sealed class Attempts(long mark)
    {
        public long Mark => mark;

        public int Count { get; set; }
    }
}
