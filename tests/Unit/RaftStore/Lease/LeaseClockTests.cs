using Kube.RaftStore.Lease;

namespace Kube.RaftStore.Tests.Lease;

public class LeaseClockTests
{
    private const int TicksPerSecond = 10;

    private readonly LeaseClock _clock = new(TicksPerSecond);

    [Fact]
    public void A_lease_runs_out_after_its_time_and_not_before()
    {
        _clock.Promote();
        _clock.Start(new LeaseRecord(7, 5, 1));
        Pass(49);
        Assert.Empty(_clock.TakeExpired(10));
        Assert.Equal(0, _clock.RemainingSeconds(7));
        Pass(2);
        Assert.Empty(_clock.TakeExpired(10));
        Pass(1);
        Assert.Equal([new ExpiredLease(7, 1)], _clock.TakeExpired(10));
    }

    /// <summary>
    /// Ticks come at the tenths of a second, the lease starts between two of them, and the one before its start was late.
    /// Whatever the start, its full time must have passed when it is reported.
    /// </summary>
    [Fact]
    public void Its_time_has_passed_wherever_between_two_ticks_it_started()
    {
        const int TtlSeconds = 2, StepsPerTick = 20;
        for (var start = 0; start < StepsPerTick; start++)
        {
            for (var delay = 0; delay < StepsPerTick; delay++)
            {
                var clock = new LeaseClock(TicksPerSecond);
                clock.Promote();
                var reported = -1;
                for (var step = 0; reported < 0; step++)
                {
                    // The tick of step 0 comes late by the delay; all others in time.
                    if (step == delay || (step > 0 && step % StepsPerTick == 0))
                    {
                        clock.Tick();
                    }
                    reported = clock.TakeExpired(1).Count > 0 ? step : reported;
                    if (step == start)
                    {
                        clock.Start(new LeaseRecord(7, TtlSeconds, 1));
                    }
                }
                Assert.True(reported - start >= TtlSeconds * TicksPerSecond * StepsPerTick, $"started at {start}, late by {delay}: ran out at {reported}");
            }
        }
    }

    [Fact]
    public void A_renewal_gives_the_full_time_again_and_names_itself()
    {
        _clock.Promote();
        _clock.Start(new LeaseRecord(7, 5, 1));
        Pass(40);
        _clock.Start(new LeaseRecord(7, 5, 9));
        Assert.Equal(5, _clock.RemainingSeconds(7));
        Pass(51);
        Assert.Empty(_clock.TakeExpired(10));
        Pass(1);
        Assert.Equal([new ExpiredLease(7, 9)], _clock.TakeExpired(10));
    }

    [Fact]
    public void Only_the_leader_reports_and_becoming_it_gives_full_time()
    {
        _clock.Start(new LeaseRecord(7, 5, 1));
        Pass(100);
        Assert.Empty(_clock.TakeExpired(10));
        _clock.Promote();
        Assert.Empty(_clock.TakeExpired(10));
        Assert.Equal(5, _clock.RemainingSeconds(7));
        Pass(52);
        Assert.Single(_clock.TakeExpired(10));
        _clock.Demote();
        Pass(50);
        Assert.Empty(_clock.TakeExpired(10));
    }

    [Fact]
    public void A_due_lease_is_reported_again_until_it_is_stopped()
    {
        _clock.Promote();
        _clock.Start(new LeaseRecord(7, 1, 1));
        Pass(12);
        Assert.Single(_clock.TakeExpired(10));
        Assert.Empty(_clock.TakeExpired(10));
        Pass(TicksPerSecond);
        Assert.Single(_clock.TakeExpired(10));
        _clock.Stop(7);
        Pass(TicksPerSecond);
        Assert.Empty(_clock.TakeExpired(10));
        Assert.Equal(-1, _clock.RemainingSeconds(7));
    }

    [Fact]
    public void No_more_are_reported_at_once_than_asked_for()
    {
        _clock.Promote();
        for (var id = 1; id <= 5; id++)
        {
            _clock.Start(new LeaseRecord(id, 1, 1));
        }
        Pass(12);
        Assert.Equal([1, 2, 3], _clock.TakeExpired(3).Select(static e => e.Id));
        Assert.Equal([4, 5], _clock.TakeExpired(3).Select(static e => e.Id));
    }

    private void Pass(int ticks)
    {
        for (var i = 0; i < ticks; i++)
        {
            _clock.Tick();
        }
    }
}
