using System.Globalization;

namespace Kube.SchedulerBench;

/// <summary>Runs workloads one after the other and prints a table.</summary>
internal static class Report
{
    /// <summary>How many times kube-scheduler's floor is wanted.</summary>
    private const int Goal = 20;

    public static async Task<int> RunAsync(string[] names, double scale, TimeSpan limit, CancellationToken cancellationToken)
    {
        var unknown = names.Except(Workload.All.Select(workload => workload.Name)).ToList();
        if (unknown.Count > 0)
        {
            await Console.Error.WriteLineAsync(
                $"error: no workload {string.Join(", ", unknown)}; there are {string.Join(", ", Workload.All.Select(workload => workload.Name))}");
            return 2;
        }

        // Once in small, so that no workload pays for compiling what all use.
        await new Run(Workload.All[0], 1, limit).GoAsync(cancellationToken);
        Console.WriteLine("| workload | nodes | initial pods | measured | pods/s | allocated per pod | floor | times the floor | goal 20x |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        var complete = true;
        foreach (var workload in Workload.All.Where(workload => names.Length == 0 || names.Contains(workload.Name)))
        {
            var result = await new Run(workload, scale, limit).GoAsync(cancellationToken);
            complete &= result.Bound == result.Wanted;
            var rate = result.Bound / result.Took.TotalSeconds;
            var times = rate / workload.Floor;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {workload.Name} | {workload.Nodes} | {workload.Initial} | {Measured(result)} | {rate:F0} | {result.AllocatedBytes / 1024.0 / Math.Max(1, result.Bound):F1} KB | {workload.Floor} | {times:F1} | {(times >= Goal ? "met" : "not met")} |"));
            GC.Collect();
        }

        return complete ? 0 : 1;
    }

    private static string Measured(Result result) => result.Bound == result.Wanted ? $"{result.Bound}" : $"{result.Bound} of {result.Wanted}";
}
