using System.Globalization;
using System.Text;

namespace Kube.SchedulerBench;

/// <summary>What to run.</summary>
/// <param name="Workloads">By name; all when empty.</param>
/// <param name="Scale">Share of the measured pods.</param>
/// <param name="Limit">After this a workload ends with what it has done.</param>
/// <param name="Kube">The published program, to go through a real API server and store; null for decisions alone.</param>
/// <param name="BasePort">First of the ports that the cluster may take.</param>
/// <param name="ClusterScale">Share of the nodes and initial pods, end to end.</param>
/// <param name="Document">A page to write the table into; null for none.</param>
internal sealed record ReportOptions(
    IReadOnlyList<string> Workloads, double Scale, TimeSpan Limit, string? Kube, int BasePort, double ClusterScale, string? Document);

/// <summary>Runs workloads one after the other and prints a table.</summary>
internal sealed class Report(ReportOptions options)
{
    private readonly StringBuilder _table = new();

    private bool EndToEnd => options.Kube is not null;

    /// <summary>How many times kube-scheduler's floor is wanted.</summary>
    private int Goal => EndToEnd ? 4 : 20;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var unknown = options.Workloads.Except(Workload.All.Select(workload => workload.Name)).ToList();
        if (unknown.Count > 0)
        {
            await Console.Error.WriteLineAsync(
                $"error: no workload {string.Join(", ", unknown)}; there are {string.Join(", ", Workload.All.Select(workload => workload.Name))}");
            return 2;
        }

        if (!EndToEnd)
        {
            // Once in small, so that no workload pays for compiling what all use.
            await new Run(Workload.All[0], 1, options.Limit).GoAsync(cancellationToken);
        }

        var last = EndToEnd ? "processor seconds per 1,000 pods: stores, API server, scheduler, load" : "allocated, processor time per pod";
        Print($"| workload | nodes | initial pods | measured | pods/s | {last} | floor | times the floor | goal {Goal}x |");
        Print("|---|---|---|---|---|---|---|---|---|");
        var complete = true;
        foreach (var workload in Workload.All.Where(workload => options.Workloads.Count == 0 || options.Workloads.Contains(workload.Name)))
        {
            complete &= EndToEnd ? await ThroughClusterAsync(workload, cancellationToken) : await AloneAsync(workload, cancellationToken);
            GC.Collect();
        }

        if (options.Document is { } document)
        {
            await Document.ReplaceAsync(document, EndToEnd ? "scheduler end to end" : "scheduler decisions", _table.ToString(), cancellationToken);
        }

        return complete ? 0 : 1;
    }

    private async Task<bool> AloneAsync(Workload workload, CancellationToken cancellationToken)
    {
        var result = await new Run(workload, options.Scale, options.Limit).GoAsync(cancellationToken);
        var allocated = string.Create(CultureInfo.InvariantCulture, $"{result.AllocatedBytes / 1024.0 / Math.Max(1, result.Bound):F1} KB, {result.ProcessorSeconds!["load"] * 1e6 / Math.Max(1, result.Bound):F0} µs");
        return Row(workload, workload.Nodes, workload.Initial, result, allocated);
    }

    private async Task<bool> ThroughClusterAsync(Workload workload, CancellationToken cancellationToken)
    {
        // A cluster for each workload, so that none inherits the last one's objects.
        await using var cluster = await BenchCluster.StartAsync(options.Kube!, options.BasePort, cancellationToken);
        var run = new EndToEndRun(cluster, workload, options.Scale, options.ClusterScale, options.Limit);
        var result = await run.GoAsync(cancellationToken);
        var used = result.ProcessorSeconds!;
        string Per(double seconds) => (seconds * 1000 / Math.Max(1, result.Bound)).ToString("F2", CultureInfo.InvariantCulture);
        var processors = string.Join(
            ", ", Per(used.Where(pair => pair.Key.StartsWith("store", StringComparison.Ordinal)).Sum(pair => pair.Value)), Per(used["apiserver"]), Per(used["scheduler"]), Per(used["load"]));
        return Row(workload, run.Nodes, run.Initial, result, processors);
    }

    private bool Row(Workload workload, int nodes, int initial, Result result, string last)
    {
        var rate = result.Bound / result.Took.TotalSeconds;
        var times = rate / workload.Floor;
        var measured = result.Bound == result.Wanted ? $"{result.Bound}" : $"{result.Bound} of {result.Wanted}";
        Print(string.Create(
            CultureInfo.InvariantCulture,
            $"| {workload.Name} | {nodes} | {initial} | {measured} | {rate:F0} | {last} | {workload.Floor} | {times:F1} | {(times >= Goal ? "met" : "not met")} |"));
        return result.Bound == result.Wanted;
    }

    private void Print(string line)
    {
        Console.WriteLine(line);
        _table.AppendLine(line);
    }
}
