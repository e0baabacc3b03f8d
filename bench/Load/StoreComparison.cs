using System.Globalization;
using Kube.Load.Http2;
using Kube.Load.Plot;
using Kube.Load.Report;

namespace Kube.Load;

/// <summary>How much to measure when two stores are compared.</summary>
internal sealed record StoreComparisonOptions
{
    /// <summary>How often each row is measured on each store; the median counts.</summary>
    public required int Rounds { get; init; }

    /// <summary>Factor on the number of requests of each row.</summary>
    public required double Scale { get; init; }

    /// <summary>Keys of the row in which each is written once.</summary>
    public required int FillKeys { get; init; }

    /// <summary>Keys in the stores when all members are killed; 0 leaves it out.</summary>
    public required int RestartKeys { get; init; }

    /// <summary>Data of the store whose memory is a thirty-second of it, in mebibytes; 0 leaves it out.</summary>
    public required int LargeMb { get; init; }

    /// <summary>Only rows whose name holds this.</summary>
    public required string Only { get; init; }
}

/// <summary>
/// Runs the same work on two stores of three members each, alternating, and reports the ratios. A shared machine's
/// speed changes from minute to minute; that of the two right after each other hardly does.
/// </summary>
internal sealed partial class StoreComparison(
    Func<string, IReadOnlyList<string>, StoreCluster> newCluster, StoreComparisonOptions options, BenchReport report) : IAsyncDisposable
{
    private const int KeySpace = 100_000;

    private static readonly Row[] s_rows =
    [
        new("put", new("put", 1, 1, 2_000), Measure.P50, 0.6),
        new("put", new("put", 10, 100, 20_000), Measure.Rate, 3),
        new("put", new("put", 100, 1000, 40_000), Measure.Rate, 2),
        new("txn-put, 1 op", new("txn", 10, 100, 20_000), Measure.Rate, 4),
        new("range, one key, linearizable", new("range", 10, 100, 40_000), Measure.Rate, 3),
        new("range, one key, linearizable", new("range", 100, 1000, 40_000), Measure.Rate, 3),
        new("range, one key, serializable", new("srange", 100, 1000, 40_000), Measure.Rate, 3),
        new("mixed, 80 range to 20 put", new("mixed", 10, 100, 40_000), Measure.Rate, null),
        new("put of 16 KiB", new("put", 10, 100, 4_000) { ValueSizeBytes = 16 << 10, KeySpace = 500 }, Measure.Rate, null),
        new("put of 512 KiB", new("put", 10, 20, 120) { ValueSizeBytes = 512 << 10, KeySpace = 20 }, Measure.Rate, null),
    ];

    private readonly BarChart _chart = new("The store beside etcd 3.4, same run");
    private readonly StoreCluster _etcd = newCluster("etcd", []);
    private readonly StoreCluster _kube = newCluster("kube", []);

    private enum Measure
    {
        Rate,
        P50,
    }

    private IReadOnlyList<StoreCluster> Stores => [_etcd, _kube];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        report.Add($"Taken {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC on {Environment.ProcessorCount} processors, load average {BenchReport.LoadAverage()} when it began, {options.Rounds} rounds, {options.Scale} of the requests.");
        report.Add($"");
        foreach (var store in Stores)
        {
            await store.StartAllAsync().ConfigureAwait(false);
        }
        foreach (var store in Stores)
        {
            await WarmUpAsync(store, cancellationToken).ConfigureAwait(false);
        }
        await CompareRowsAsync(cancellationToken).ConfigureAwait(false);
        if (IsWanted("new keys"))
        {
            await CompareFillAsync(cancellationToken).ConfigureAwait(false);
        }
        report.Add($"");
        report.Add($"| what | etcd | kube | ratio | goal |");
        report.Add($"|---|---|---|---|---|");
        await CompareOthersAsync(cancellationToken).ConfigureAwait(false);
        report.Add($"");
        if (options.LargeMb > 0 && IsWanted("large"))
        {
            _etcd.KillAll();
            _kube.KillAll();
            await MeasureLargeAsync(cancellationToken).ConfigureAwait(false);
        }
        report.Add($"Load average at the end {BenchReport.LoadAverage()}.");
    }

    /// <summary>Puts the report into benchmarks.md in a folder of documents, and the plot beside it.</summary>
    /// <exception cref="InvalidDataException">The page has no place for it.</exception>
    public void WriteTo(string folder)
    {
        MarkdownSection.Replace(
            Path.Combine(folder, "benchmarks.md"), "bench store", report.Markdown + "\n\n![The store beside etcd](benchmarks/store.svg)");
        _chart.Save(Path.Combine(folder, "benchmarks", "store.svg"));
    }

    public async ValueTask DisposeAsync()
    {
        await _etcd.DisposeAsync().ConfigureAwait(false);
        await _kube.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Code that has not run yet is compiled, and the keys that are read later are written.</summary>
    private async Task WarmUpAsync(StoreCluster store, CancellationToken cancellationToken)
    {
        foreach (var work in (string[])["put", "txn", "range", "srange", "mixed", "put"])
        {
            await MeasureAsync(store, new Load(work, 10, 100, (int)(20_000 * Math.Min(1, options.Scale))), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CompareRowsAsync(CancellationToken cancellationToken)
    {
        report.Add($"| work | conns/clients | etcd req/s | p50 / p99 ms | kube req/s | p50 / p99 ms | CPU s per 1,000: etcd, kube | bytes a member writes per 1,000, MB | resident MB | ratio | goal |");
        report.Add($"|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var row in s_rows.Where(row => IsWanted(row.Name)))
        {
            await CompareAsync(row, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CompareAsync(Row row, CancellationToken cancellationToken)
    {
        var load = row.Load with { Total = Math.Max(row.Load.Clients, (int)(row.Load.Total * options.Scale)) };
        var (of, ours) = await AlternateAsync(store => MeasureAsync(store, load, cancellationToken)).ConfigureAwait(false);
        var isLatency = row.Measure == Measure.P50;
        var ratio = isLatency ? ours.P50Ms / of.P50Ms : ours.PerSecond / of.PerSecond;
        report.Add($"| {row.Name} | {load.Connections}/{load.Clients} | {of.PerSecond:F0} | {of.P50Ms:F2} / {of.P99Ms:F1} | {ours.PerSecond:F0} | {ours.P50Ms:F2} / {ours.P99Ms:F1} | {of.CpuPer1000:F3}, {ours.CpuPer1000:F3} | {of.WrittenPer1000 / 1e6:F2}, {ours.WrittenPer1000 / 1e6:F2} | {of.ResidentBytes / 1e6:F0}, {ours.ResidentBytes / 1e6:F0} | {(isLatency ? "p50 " : "")}{ratio:F2}x | {Verdict(ratio, row.Goal, isLatency)} |");
        if (isLatency)
        {
            Plot($"{row.Name}, {load.Connections}/{load.Clients}, p50 ms", of.P50Ms, ours.P50Ms, "F2");
        }
        else
        {
            Plot($"{row.Name}, {load.Connections}/{load.Clients}, req/s", of.PerSecond, ours.PerSecond, "F0");
        }
    }

    /// <summary>Many new keys, one after the other: what is written, what is used, and what stays in memory.</summary>
    private async Task CompareFillAsync(CancellationToken cancellationToken)
    {
        var load = new Load("put", 100, 1000, options.FillKeys) { KeySpace = 0, FirstKey = 10 * KeySpace };
        var peers = await MeasureAsync(_etcd, load, cancellationToken).ConfigureAwait(false);
        var ours = await MeasureAsync(_kube, load, cancellationToken).ConfigureAwait(false);
        var storedBytes = load.KeySizeBytes + load.ValueSizeBytes;
        report.Add($"");
        report.Add($"{options.FillKeys} new keys, each put once, 100/1000:");
        report.Add($"");
        report.Add($"| what | etcd | kube | ratio | goal |");
        report.Add($"|---|---|---|---|---|");
        Compare("CPU seconds per 1,000 puts, all members", peers.CpuPer1000, ours.CpuPer1000, 0.5, true, "F3");
        Compare("bytes a member writes per byte stored", peers.WrittenPer1000 / 1000 / storedBytes, ours.WrittenPer1000 / 1000 / storedBytes, 0.5, true);
        Compare("memory of a member after it, MB resident", peers.ResidentBytes / 1e6, ours.ResidentBytes / 1e6, 1, true, "F0");
        Compare("put, new keys, req/s", peers.PerSecond, ours.PerSecond, null, false, "F0");
        Compare("put, new keys, p99 ms", peers.P99Ms, ours.P99Ms, null, true, "F1");
    }

    /// <summary>Adds a row of two figures to a table, and to the plot.</summary>
    private void Compare(string what, double peers, double ours, double? goal, bool isAtMost, string format = "F2")
    {
        var ratio = ours / peers;
        report.Add($"| {what} | {Number(peers, format)} | {Number(ours, format)} | {ratio:F2}x | {Verdict(ratio, goal, isAtMost)} |");
        Plot(what.Trim(), peers, ours, format);
    }

    private void Plot(string what, double peers, double ours, string format)
        => _chart.Add(what, new Bar("etcd", peers, Number(peers, format)), new Bar("kube", ours, Number(ours, format)));

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>How a ratio stands to its goal, as a cell of a table.</summary>
    private static string Verdict(double ratio, double? goal, bool isAtMost)
    {
        if (goal is not { } aim)
        {
            return "";
        }
        var met = isAtMost ? ratio <= aim : ratio >= aim;
        return string.Create(CultureInfo.InvariantCulture, $"{(isAtMost ? "at most " : "")}{aim}x: {(met ? "met" : "missed")}");
    }

    /// <summary>Measures both stores in turn, the one or the other first, and gives each figure's median.</summary>
    private async Task<(Sample Etcd, Sample Kube)> AlternateAsync(Func<StoreCluster, Task<Sample>> measure)
    {
        var samples = new List<Sample>[] { [], [] };
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var turn = 0; turn < 2; turn++)
            {
                var which = (round + turn) % 2;
                samples[which].Add(await measure(Stores[which]).ConfigureAwait(false));
            }
        }
        return (Sample.Median(samples[0]), Sample.Median(samples[1]));
    }

    private static Task<Sample> MeasureAsync(StoreCluster store, Load load, CancellationToken cancellationToken)
        => MeasureAsync(store, load.Total, () => new StoreLoad(load.On(store)).RunAsync(cancellationToken));

    private static async Task<Sample> MeasureAsync(StoreCluster store, int total, Func<Task<LoadResult>> run)
    {
        var before = MemberUsage.Of(store.ProcessIds);
        var result = await run().ConfigureAwait(false);
        if (result.Failures > 0)
        {
            throw new InvalidOperationException($"{store.Endpoints[0]}: {result}");
        }
        var after = MemberUsage.Of(store.ProcessIds);
        return new Sample(
            result.PerSecond, result.P50Ms, result.P99Ms, result.MaxMs, (after.CpuSeconds - before.CpuSeconds) * 1000 / total,
            (after.WrittenBytes - before.WrittenBytes) / StoreCluster.Size * 1000 / total, after.ResidentBytes);
    }

    private bool IsWanted(string name) => name.Contains(options.Only, StringComparison.Ordinal);


    private sealed record Row(string Name, Load Load, Measure Measure, double? Goal);

    private sealed record Load(string Work, int Connections, int Clients, int Total)
    {
        public int KeySizeBytes { get; init; } = 32;

        public int ValueSizeBytes { get; init; } = 256;

        public int KeySpace { get; init; } = StoreComparison.KeySpace;

        public int FirstKey { get; init; }

        public StoreLoadOptions On(StoreCluster store) => new()
        {
            Endpoints = store.Endpoints,
            Connections = Connections,
            Clients = Clients,
            Total = Total,
            Work = Work,
            KeySpace = KeySpace,
            FirstKey = FirstKey,
            KeySizeBytes = KeySizeBytes,
            ValueSizeBytes = ValueSizeBytes,
        };
    }

    private sealed record Sample(
        double PerSecond, double P50Ms, double P99Ms, double MaxMs, double CpuPer1000, double WrittenPer1000, double ResidentBytes)
    {
        /// <summary>Each figure's own median.</summary>
        public static Sample Median(List<Sample> samples)
        {
            double Of(Func<Sample, double> figure) => samples.Select(figure).Order().ElementAt(samples.Count / 2);
            return new Sample(
                Of(s => s.PerSecond), Of(s => s.P50Ms), Of(s => s.P99Ms), Of(s => s.MaxMs), Of(s => s.CpuPer1000), Of(s => s.WrittenPer1000), Of(s => s.ResidentBytes));
        }
    }
}
