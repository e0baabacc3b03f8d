namespace Kube.RaftStore.Simulation.Core;

/// <summary>A member's clock: it begins at zero with its process and goes faster or slower than the world's.</summary>
internal sealed class SimulatedTime(World world, SimulatedContext context, double rate) : TimeProvider
{
    private static readonly DateTimeOffset s_epoch = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => (long)(world.NowUs * rate) * TimeSpan.TicksPerMicrosecond;

    public override DateTimeOffset GetUtcNow() => s_epoch.AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(SimulatedTime time, TimerCallback callback, object? state) : ITimer
    {
        private long _generation;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var generation = ++_generation;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Schedule(dueTime, generation);
            }

            return true;
        }

        public void Dispose() => _generation++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Schedule(TimeSpan delay, long generation) =>
            time.World.After((long)(delay.TotalMicroseconds / time.Rate), time.Context, () => Fire(generation));

        private void Fire(long generation)
        {
            if (generation != _generation)
            {
                return;
            }

            if (_period > TimeSpan.Zero)
            {
                Schedule(_period, generation);
            }

            callback(state);
        }
    }

    private World World => world;

    private SimulatedContext Context => context;

    private double Rate => rate;
}
