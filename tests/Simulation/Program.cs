using System.CommandLine;
using System.Globalization;
using Kube.RaftStore.Simulation.Runs;

namespace Kube.RaftStore.Simulation;

/// <summary>scripts/simulate.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        var seed = new Option<ulong?>("--seed") { Description = "Replay this seed exactly; fresh seeds without it" };
        var seconds = new Option<int>("--seconds") { Description = "How long to run fresh seeds", DefaultValueFactory = _ => 60 };
        var hours = new Option<int>("--hours") { Description = "One cluster for so long in its own time, with little load and a fault now and then" };
        var shrink = new Option<bool>("--shrink") { Description = "Make a failing run smaller while it goes on failing" };
        var trace = new Option<bool>("--trace") { Description = "Tell what happens as it happens" };
        var commit = new Option<string>("--commit") { Description = "The commit to print", DefaultValueFactory = _ => "unknown", Hidden = true };
        var root = new RootCommand("Simulates whole store clusters with everything that can go wrong, by seed.") { seed, seconds, hours, shrink, trace, commit };
        root.SetAction(parsed =>
        {
            Console.WriteLine($"commit {parsed.GetValue(commit)}");
            return parsed.GetValue(seed) is { } one
                ? RunOne(one, parsed.GetValue(hours), parsed.GetValue(shrink), parsed.GetValue(trace))
                : parsed.GetValue(hours) is > 0 and var span
                ? RunOne(1, span, shrinks: false, parsed.GetValue(trace))
                : RunFresh(TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(shrink));
        });
        return root.Parse(args).Invoke();
    }

    private static int RunOne(ulong seed, int hours, bool shrinks, bool tells)
    {
        var options = hours > 0 ? SwarmOptions.DrawLong(seed, hours) : SwarmOptions.Draw(seed);
        Console.WriteLine($"seed {seed}: {Describe(options)}");
        var result = SimulationRun.Execute(options, tells ? Console.WriteLine : null);
        Console.WriteLine($"trace {result.TraceHash:x16}, {result.VirtualTime.TotalSeconds:F1} s of virtual time, {result.Counts}");
        if (result.IsSound)
        {
            Console.WriteLine("sound");
            return 0;
        }

        ReportFailure(result, shrinks);
        return 1;
    }

    private static int RunFresh(TimeSpan within, bool shrinks)
    {
        var started = TimeProvider.System.GetTimestamp();
        // Any number will do; the one printed with a failure is what counts.
        var next = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        var memberTime = TimeSpan.Zero;
        var clusterTime = TimeSpan.Zero;
        var runs = 0;
        long operations = 0;
        long events = 0;
        while (TimeProvider.System.GetElapsedTime(started) < within)
        {
            var result = SimulationRun.Execute(SwarmOptions.Draw(next++));
            runs++;
            clusterTime += result.VirtualTime;
            memberTime += result.VirtualTime * result.Options.Members;
            operations += result.Counts.Operations;
            events += result.Counts.Events;
            if (!result.IsSound)
            {
                Console.WriteLine($"seed {result.Options.Seed}: {Describe(result.Options)}");
                ReportFailure(result, shrinks);
                return 1;
            }
        }

        var took = TimeProvider.System.GetElapsedTime(started);
        var processorTime = Environment.CpuUsage.TotalTime;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{runs} seeds sound, {operations} operations, {events / 1e6:F1} million events, {clusterTime.TotalHours:F2} cluster-hours ({memberTime.TotalHours:F2} member-hours) in {took.TotalSeconds:F0} s: {clusterTime / took:F0} simulated cluster-hours an hour, {clusterTime / processorTime:F0} an hour of one core ({processorTime.TotalSeconds:F0} s of processor time)"));
        return 0;
    }

    private static void ReportFailure(RunResult result, bool shrinks)
    {
        Console.WriteLine(string.Join('\n', result.Story.TakeLast(60)));
        Console.WriteLine($"FAILED: {result.Failure}");
        Console.WriteLine($"replay with: scripts/simulate --seed {result.Options.Seed}");
        if (!shrinks)
        {
            return;
        }

        var kind = KindOf(result);
        var smallest = Shrinker.Shrink(result.Options, o => KindOf(SimulationRun.Execute(o)) == kind, what => Console.WriteLine($"  still fails with {what}"));
        var last = SimulationRun.Execute(smallest);
        Console.WriteLine($"smallest: {Describe(smallest)}");
        Console.WriteLine(string.Join('\n', last.Story.TakeLast(60)));
        Console.WriteLine($"FAILED: {last.Failure}");
    }

    /// <summary>What a failure is about, without its numbers: what a smaller run has to fail with too.</summary>
    private static string KindOf(RunResult result) => result.Failure is null ? "" : result.Failure.Split(':', 2)[0];

    private static string Describe(SwarmOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"{options.Members} members, {options.DurationSeconds} s, faults [{options.Faults}] every {options.FaultIntervalMs} ms, {options.KvClients}+{options.LeaseClients}+{options.Watchers} clients, network {options.Network.MinDelayUs}-{options.Network.MaxDelayUs} us loss {options.Network.LossChance:F3} double {options.Network.DuplicateChance:F3}, drift {options.ClockDrift:F3}, pre-vote {options.Log.PreVote}, snapshot every {options.Log.SnapshotCount}");
}
