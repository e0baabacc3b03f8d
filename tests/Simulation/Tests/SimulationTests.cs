using Kube.RaftStore.Simulation.Runs;

namespace Kube.RaftStore.Simulation.Tests;

/// <summary>A bounded slice of what scripts/simulate does at length.</summary>
public class SimulationTests
{
    /// <summary>The same on every machine: fresh seeds are for scripts/simulate.</summary>
    private const ulong Seeds = 60;

    [Fact]
    public void Seeds_run_without_a_violation()
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            var result = SimulationRun.Execute(SwarmOptions.Draw(seed));
            Assert.True(result.IsSound, $"seed {seed}: {result.Failure}\n{string.Join('\n', result.Story)}");
        }
    }

    /// <summary>Seeds that once found something, beside which thousands of others had passed by.</summary>
    [Theory]
    [InlineData(1796147027444006)]
    public void A_seed_that_found_a_violation_finds_none_any_more(ulong seed)
    {
        var result = SimulationRun.Execute(SwarmOptions.Draw(seed));
        Assert.True(result.IsSound, $"seed {seed}: {result.Failure}\n{string.Join('\n', result.Story)}");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(11)]
    public void The_same_seed_is_the_same_run(ulong seed)
    {
        var first = SimulationRun.Execute(SwarmOptions.Draw(seed));
        var second = SimulationRun.Execute(SwarmOptions.Draw(seed));
        Assert.Equal(first.TraceHash, second.TraceHash);
        Assert.Equal(first.Counts, second.Counts);
        Assert.Equal(first.Story, second.Story);
        Assert.NotEqual(first.TraceHash, SimulationRun.Execute(SwarmOptions.Draw(seed + 1)).TraceHash);
    }

    [Fact]
    public void A_failing_run_shrinks_to_what_it_needs()
    {
        var smallest = Shrinker.Shrink(
            SwarmOptions.Draw(3) with { Members = 5, Faults = Faults.All, KvClients = 3, DurationSeconds = 40 },
            o => o.Members >= 2 && o.Faults.HasFlag(Faults.Wipe) && o.DurationSeconds >= 5,
            _ => { });
        Assert.Equal((2, Faults.Wipe, 1, 5), (smallest.Members, smallest.Faults, smallest.KvClients, smallest.DurationSeconds));
    }
}
