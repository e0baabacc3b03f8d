namespace Kube.Client.Queues;

/// <summary>Items that become ready later.</summary>
public sealed partial class WorkQueue<T>
{
    private readonly ITimer _timer;
    private readonly PriorityQueue<DelayedItem, (long DueAt, long Order)> _delayed = new();
    private long _delayedCount;
    private readonly Dictionary<T, DelayedItem> _delayedAt;

    /// <summary>How many items wait for their time.</summary>
    public int DelayedCount
    {
        get
        {
            lock (_lock)
            {
                return _delayedAt.Count;
            }
        }
    }

    /// <summary>
    /// Adds the item when <paramref name="delay"/> has passed; at once when it is not positive. Of several delays for
    /// one item the soonest holds.
    /// </summary>
    public void AddAfter(T item, TimeSpan delay)
    {
        lock (_lock)
        {
            if (_shutDown)
            {
                return;
            }

            if (delay <= TimeSpan.Zero)
            {
                AddLocked(item);
                return;
            }

            var dueAt = _time.GetTimestamp() + (long)Math.Min(delay.TotalSeconds * _time.TimestampFrequency, long.MaxValue / 4d);
            if (_delayedAt.TryGetValue(item, out var known) && known.DueAt <= dueAt)
            {
                return;
            }

            var entry = new DelayedItem(item, dueAt, _delayedCount++);
            _delayedAt[item] = entry;
            _delayed.Enqueue(entry, entry.Priority);
            CompactDelayedLocked();
            ArmLocked();
        }
    }

    /// <summary>Adds the item after its back-off, counting one more failure against it.</summary>
    public void AddRateLimited(T item)
    {
        _metrics.Retried();
        AddAfter(item, _limiter.When(item));
    }

    /// <summary>Clears the failures counted against the item. Does not take it out of the queue.</summary>
    public void Forget(T item) => _limiter.Forget(item);

    /// <summary>How many times the item has been added with <see cref="AddRateLimited"/> since it was last forgotten.</summary>
    public int Requeues(T item) => _limiter.Requeues(item);

    private void MoveDue()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            while (_delayed.TryPeek(out var entry, out _) && (entry.DueAt <= now || !IsCurrent(entry)))
            {
                _delayed.Dequeue();
                if (IsCurrent(entry))
                {
                    _delayedAt.Remove(entry.Item);
                    AddLocked(entry.Item);
                }
            }

            ArmLocked();
        }
    }

    private void ArmLocked()
    {
        if (_shutDown || !_delayed.TryPeek(out var next, out _))
        {
            return;
        }

        // Rounded up to a millisecond: a timer that fires early would only be armed again.
        var wait = _time.GetElapsedTime(_time.GetTimestamp(), next.DueAt);
        var milliseconds = Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 0, int.MaxValue - 1);
        _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Drops superseded entries before they outnumber the real ones.</summary>
    private void CompactDelayedLocked()
    {
        if (_delayed.Count < 64 || _delayed.Count < 2 * _delayedAt.Count)
        {
            return;
        }

        _delayed.Clear();
        _delayed.EnqueueRange(_delayedAt.Values.Select(static entry => (entry, entry.Priority)));
    }

    private bool IsCurrent(DelayedItem entry) =>
        _delayedAt.TryGetValue(entry.Item, out var current) && ReferenceEquals(current, entry);

    private void ClearDelayedLocked()
    {
        _delayed.Clear();
        _delayedAt.Clear();
    }

    /// <summary>Of those due at one moment the first added comes first.</summary>
    private sealed record DelayedItem(T Item, long DueAt, long Order)
    {
        public (long DueAt, long Order) Priority => (DueAt, Order);
    }
}
