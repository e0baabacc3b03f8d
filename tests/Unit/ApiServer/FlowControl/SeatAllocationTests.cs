using FsCheck;
using FsCheck.Fluent;
using Kube.ApiServer.FlowControl;

namespace Kube.ApiServer.Tests.FlowControl;

/// <summary>Dividing seats against a twin that halves its way to the proportion.</summary>
public sealed class SeatAllocationTests
{
    [Fact]
    public void Finds_the_proportion_that_halving_finds()
    {
        var claim = from lower in Gen.Choose(0, 50)
                    from above in Gen.Choose(0, 60)
                    from more in Gen.Choose(0, 100)
                    select new SeatClaim(lower + above, lower, lower + more);
        var problem = from claims in Gen.NonEmptyListOf(claim)
                      from sum in Gen.Choose(1, 700)
                      select (claims: claims.ToList(), sum);
        Prop.ForAll(Arb.From(problem), p =>
        {
            var (seats, _) = SeatAllocation.Divide(p.sum, p.claims);
            var expected = Twin(p.sum, p.claims);
            for (var i = 0; i < seats.Length; i++)
            {
                Assert.InRange(seats[i], p.claims[i].Lower, p.claims[i].Upper);
                Assert.Equal(expected[i], seats[i], 1e-4);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void Demand_rises_at_once_and_falls_slowly()
    {
        var demand = new SeatDemand();
        demand.Set(0, TimeSpan.Zero);
        demand.Set(10, TimeSpan.FromSeconds(5));
        demand.EndPeriod(TimeSpan.FromSeconds(10));
        Assert.Equal((10, 5, 5, 10), (demand.HighWatermark, demand.Average, demand.Deviation, demand.Smoothed));
        demand.Set(0, TimeSpan.FromSeconds(10));
        demand.EndPeriod(TimeSpan.FromSeconds(20));
        demand.EndPeriod(TimeSpan.FromSeconds(30));
        Assert.Equal(0, demand.Average);
        Assert.Equal(10 * 0.977 * 0.977, demand.Smoothed, 1e-9);
    }

    [Fact]
    public void Refused_clients_wait_longer_while_many_are_refused()
    {
        var after = new RetryAfter();
        var second = 100;
        void Second(int refused)
        {
            for (var i = 0; i < refused; i++)
            {
                after.Refused(TimeSpan.FromSeconds(second));
            }

            second++;
        }

        Second(5);
        Second(1);
        Assert.Equal(2, after.Seconds);
        for (var i = 0; i < 200; i++)
        {
            Second(50);
        }

        Assert.Equal(32, after.Seconds);
        for (var i = 0; i < 80; i++)
        {
            second += 40;
            Second(1);
        }

        Assert.Equal(1, after.Seconds);
    }

    private static double[] Twin(double sum, List<SeatClaim> claims)
    {
        double[] At(double p) => [.. claims.Select(c => Math.Clamp(p * Math.Max(c.Target, SeatAllocation.MinTarget), c.Lower, c.Upper))];
        var (low, high) = (0.0, 1e6);
        for (var i = 0; i < 200; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = At(middle).Sum() < sum ? (middle, high) : (low, middle);
        }

        return At(low);
    }
}
