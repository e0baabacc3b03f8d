namespace Kube.Testing;

/// <summary>
/// A clock that stands still until it is told to advance; timers due meanwhile fire, in the order of their
/// due times, on the thread that advances it. Safe for use from many threads. The one such clock of all tests.
/// </summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now;

    public ManualTimeProvider(DateTimeOffset? start = null) => _now = start ?? new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers are set; a test awaits this to know that the code under test has begun to wait.</summary>
    public int PendingTimers
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass, stopping at each timer that comes due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var end = GetUtcNow() + by;
        while (TakeDue(end) is { } timer)
        {
            timer.Fire();
        }
    }

    /// <summary>Moves the clock and leaves the timers behind, as a machine does on which they come late.</summary>
    public void AdvanceClockOnly(TimeSpan by)
    {
        lock (_lock)
        {
            _now += by;
        }
    }

    /// <summary>
    /// Moves the clock on in steps until the condition holds, with room for other tasks between them. While <paramref name="busy"/> says
    /// that work is under way which takes time of the machine and none of this clock, the clock stands: a slow machine is not to look
    /// like a long wait.
    /// </summary>
    /// <exception cref="TimeoutException">It did not hold after 4,000 steps, or the work went on for ever; the message says what was awaited.</exception>
    public async Task AdvanceUntilAsync(Func<bool> condition, TimeSpan step, string what, Func<bool>? busy = null)
    {
        for (var i = 0; i < 4000; i++)
        {
            if (condition())
            {
                return;
            }

            await StepAsync(step, busy, i < 100 ? 1 : 5).ConfigureAwait(false);
        }

        throw new TimeoutException("never came: " + what);
    }

    /// <summary>One step of <see cref="AdvanceUntilAsync"/>: moves the clock on, and lets the work end that comes of it.</summary>
    public async Task StepAsync(TimeSpan step, Func<bool>? busy = null, int milliseconds = 1)
    {
        Advance(step);
        await Task.Delay(milliseconds).ConfigureAwait(false);
        if (busy is not null)
        {
            await Eventually.HoldsAsync(() => !busy(), "the end of the work that is under way").ConfigureAwait(false);
        }
    }

    private ManualTimer? TakeDue(DateTimeOffset end)
    {
        lock (_lock)
        {
            var timer = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
            if (timer is null)
            {
                _now = end;
                return null;
            }

            _now = timer.Due > _now ? timer.Due : _now;
            timer.Reschedule(_timers);
            return timer;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._lock)
            {
                owner._timers.Remove(this);
                _period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = owner._now + dueTime;
                    owner._timers.Add(this);
                }

                return true;
            }
        }

        public void Reschedule(List<ManualTimer> timers)
        {
            timers.Remove(this);
            if (_period != Timeout.InfiniteTimeSpan && _period > TimeSpan.Zero)
            {
                Due += _period;
                timers.Add(this);
            }
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
