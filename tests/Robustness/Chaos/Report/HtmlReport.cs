using System.Text.Json;
using Kube.Robustness.Chaos.Workload;
using Kube.Robustness.Checking;

namespace Kube.Robustness.Chaos.Report;

/// <summary>The report as one HTML page that needs nothing else: its figures lie in it as JSON, its script draws them.</summary>
internal static class HtmlReport
{
    private const string Placeholder = "\"DATA\"";

    public static async Task WriteAsync(RunResult result, string file)
    {
        using var reader = new StreamReader(typeof(HtmlReport).Assembly.GetManifestResourceStream("report.html")!);
        var template = await reader.ReadToEndAsync();

        // "<" escaped by the serializer: no text of a violation can end the script it lies in.
        var page = template.Replace(Placeholder, JsonSerializer.Serialize(Data(result)), StringComparison.Ordinal);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        await File.WriteAllTextAsync(file, page);
    }

    private static object Data(RunResult result) => new
    {
        text = TextReport.Of(result).Trim(),
        title = $"chaos on {result.Version}",
        seed = result.Options.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
        commit = result.Options.Commit,
        members = result.Options.Members,
        isSound = result.IsSound,
        seconds = result.Length.TotalSeconds,
        completed = result.Figures.Completed,
        acknowledged = result.Figures.AcknowledgedWrites,
        unknown = result.Figures.Unknown,
        rate = result.Figures.Rate,
        lost = TextReport.Lost(result.Check),
        stale = result.Check.Violations.Count(violation => violation.Guarantee is Guarantee.RealTimeOrder or Guarantee.RightAnswer),
        violations = result.Check.ViolationCount + result.Problems.Count,
        gap = result.Figures.LongestGapWithMajority.Length.TotalSeconds,
        gapAll = result.Figures.LongestGap.Length.TotalSeconds,
        messages = result.Problems.Concat(result.Check.Violations.Select(violation => violation.ToString())),
        faults = result.Faults.Where(fault => fault.Skipped is null).Select(fault => new
        {
            kind = fault.Kind,
            what = fault.What,
            background = fault.IsBackground,
            majority = fault.TakesMajority,
            from = fault.Begun.TotalSeconds,
            to = fault.Healed?.TotalSeconds,
            recovered = fault.Recovered?.TotalSeconds,
        }),
        buckets = Buckets(result.Operations),
        samples = result.Samples.GroupBy(sample => sample.Member).Select(member => new
        {
            name = $"m{member.Key}",
            at = member.Select(sample => Math.Round(sample.At.TotalSeconds, 1)),
            mb = member.Select(sample => sample.ResidentMb),
        }),
        latencies = result.Figures.Latencies,
    };

    /// <summary>Half a second each: what ended in it, and how long it had taken.</summary>
    private static IEnumerable<object> Buckets(IReadOnlyList<LedgerEntry> operations)
    {
        const double Width = 0.5;
        foreach (var bucket in operations.GroupBy(entry => (int)(entry.Returned.TotalSeconds / Width)).OrderBy(bucket => bucket.Key))
        {
            var times = bucket.Where(entry => entry.Outcome == Outcome.Completed)
                .Select(entry => (entry.Returned - entry.Invoked).TotalMilliseconds).Order().ToArray();
            yield return new
            {
                t = bucket.Key * Width,
                w = bucket.Count(Ledger.IsAcknowledgedWrite) / Width,
                r = bucket.Count(entry => entry is { Outcome: Outcome.Completed, Kind: WorkKind.Read or WorkKind.StaleRead }) / Width,
                f = bucket.Count(entry => entry.Outcome != Outcome.Completed) / Width,
                p50 = times.Length == 0 ? 0 : Math.Round(times[times.Length / 2], 2),
                p99 = times.Length == 0 ? 0 : Math.Round(times[Math.Min((int)(times.Length * 0.99), times.Length - 1)], 2),
                max = times.Length == 0 ? 0 : Math.Round(times[^1], 2),
            };
        }
    }
}
