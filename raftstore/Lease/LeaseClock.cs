namespace Kube.RaftStore.Lease;

/// <summary>A lease that has run out, and the renewal that its clock had seen.</summary>
public readonly record struct ExpiredLease(long Id, ulong RenewedIndex);

/// <summary>
/// When the leases of one member run out, by that member's own ticks. Every member keeps one, fed by the same log,
/// so that each can tell the time left; only the leader's decides, and what it decides goes through the log.
/// </summary>
/// <remarks>
/// A lease is never cut short: becoming leader gives each its full time again, and a member that was stopped for
/// a while has missed ticks, which makes leases last longer. Thread-safe.
/// </remarks>
public sealed class LeaseClock
{
    /// <summary>
    /// Ticks that a lease lives beyond its time: one because it starts somewhere between two ticks, one because the
    /// tick before its start may have come late and the next one in time.
    /// </summary>
    private const int GraceTicks = 2;

    private readonly Lock _gate = new();
    private readonly int _ticksPerSecond;
    private readonly Dictionary<long, Running> _running = [];
    private readonly SortedSet<(long Due, long Id)> _queue = [];
    private long _now;
    private bool _isPrimary;

    /// <param name="ticksPerSecond">Ticks that make a second.</param>
    public LeaseClock(int ticksPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ticksPerSecond);
        _ticksPerSecond = ticksPerSecond;
    }

    /// <summary>Starts or restarts a lease's full time.</summary>
    public void Start(in LeaseRecord lease)
    {
        lock (_gate)
        {
            StartLocked(lease);
        }
    }

    /// <summary>Forgets a lease.</summary>
    public void Stop(long id)
    {
        lock (_gate)
        {
            if (_running.Remove(id, out var lease))
            {
                _queue.Remove((lease.QueuedFor, id));
            }
        }
    }

    /// <summary>Forgets all leases and starts these.</summary>
    public void Reset(IEnumerable<LeaseRecord> leases)
    {
        lock (_gate)
        {
            _running.Clear();
            _queue.Clear();
            foreach (var lease in leases)
            {
                StartLocked(lease);
            }
        }
    }

    /// <summary>This member leads from now on: every lease gets its full time again, and expiries are reported.</summary>
    public void Promote()
    {
        lock (_gate)
        {
            _isPrimary = true;
            foreach (var (id, lease) in _running.ToArray())
            {
                StartLocked(new LeaseRecord(id, lease.TtlSeconds, lease.RenewedIndex));
            }
        }
    }

    /// <summary>This member does not lead any more: no expiry is reported.</summary>
    public void Demote()
    {
        lock (_gate)
        {
            _isPrimary = false;
        }
    }

    /// <summary>Lets one tick pass. However late it comes, it counts as one.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            _now++;
        }
    }

    /// <summary>
    /// The leases that have run out, at most so many. Each stays due, and is given again a second later if it is
    /// still there, so that a lost expiry is tried again. Empty unless this member leads.
    /// </summary>
    public IReadOnlyList<ExpiredLease> TakeExpired(int most)
    {
        lock (_gate)
        {
            if (!_isPrimary)
            {
                return [];
            }
            List<ExpiredLease>? expired = null;
            while ((expired?.Count ?? 0) < most && _queue.Count > 0 && _queue.Min is var head && head.Due <= _now)
            {
                var lease = _running[head.Id];
                if (lease.Deadline > _now)
                {
                    // Renewed since it was queued.
                    Requeue(head, lease, lease.Deadline);
                    continue;
                }
                Requeue(head, lease, _now + _ticksPerSecond);
                (expired ??= []).Add(new ExpiredLease(head.Id, lease.RenewedIndex));
            }
            return expired ?? [];
        }
    }

    /// <summary>Whole seconds that a lease has left on this member's clock, at least 0; -1 when there is no such lease.</summary>
    public long RemainingSeconds(long id)
    {
        lock (_gate)
        {
            return _running.TryGetValue(id, out var lease)
                ? Math.Max(0, (lease.Deadline - GraceTicks - _now) / _ticksPerSecond)
                : -1;
        }
    }

    private void StartLocked(in LeaseRecord lease)
    {
        var deadline = _now + (lease.TtlSeconds * _ticksPerSecond) + GraceTicks;
        if (_running.TryGetValue(lease.Id, out var known))
        {
            // Its place in the queue is early at worst; TakeExpired puts it right.
            known.Deadline = Math.Max(known.Deadline, deadline);
            known.RenewedIndex = lease.RenewedIndex;
            return;
        }
        _running.Add(lease.Id, new Running
        {
            TtlSeconds = lease.TtlSeconds,
            Deadline = deadline,
            QueuedFor = deadline,
            RenewedIndex = lease.RenewedIndex,
        });
        _queue.Add((deadline, lease.Id));
    }

    private void Requeue((long Due, long Id) place, Running lease, long due)
    {
        _queue.Remove(place);
        lease.QueuedFor = due;
        _queue.Add((due, place.Id));
    }

    private sealed class Running
    {
        public required long TtlSeconds { get; init; }

        public required long Deadline { get; set; }

        /// <summary>When the queue looks at it next; at or before <see cref="Deadline"/> unless it was reported.</summary>
        public required long QueuedFor { get; set; }

        public required ulong RenewedIndex { get; set; }
    }
}
