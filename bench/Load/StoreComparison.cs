using System.Globalization;

namespace Kube.Load;

/// <summary>How much to measure when two stores are compared.</summary>
/// <param name="Rounds">How often each row is measured on each store; the median counts.</param>
/// <param name="FillKeys">Keys of the last row, each written once.</param>
/// <param name="Scale">Factor on the number of requests of each row.</param>
internal sealed record StoreComparisonOptions(int Rounds, int FillKeys, double Scale);

/// <summary>
/// Runs the same work on two stores of three members each, alternating, and prints a table with the ratios. A shared machine's
/// speed changes from minute to minute; that of the two right after each other hardly does.
/// </summary>
internal sealed class StoreComparison(StoreCluster peer, StoreCluster kube, StoreComparisonOptions options, TextWriter output)
{
    private static readonly Row[] s_rows =
    [
        new("put", "put", 1, 1, 2_000, Measure.P50, 0.6),
        new("put", "put", 10, 100, 20_000, Measure.Rate, 3),
        new("put", "put", 100, 1000, 40_000, Measure.Rate, 2),
        new("txn-put, 1 op", "txn", 10, 100, 20_000, Measure.Rate, 4),
        new("range, one key, linearizable", "range", 10, 100, 40_000, Measure.Rate, 3),
        new("range, one key, linearizable", "range", 100, 1000, 40_000, Measure.Rate, 3),
        new("range, one key, serializable", "srange", 100, 1000, 40_000, Measure.Rate, 3),
    ];

    private readonly StoreCluster[] _stores = [peer, kube];

    private enum Measure
    {
        Rate,
        P50,
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Say($"machine: {Environment.ProcessorCount} processors, load average {LoadAverage()}");
        foreach (var store in _stores)
        {
            await store.StartAllAsync().ConfigureAwait(false);
        }

        foreach (var store in _stores)
        {
            await WarmUpAsync(store, cancellationToken).ConfigureAwait(false);
        }

        Say($"| work | conns/clients | etcd req/s | p50 / p99 ms | kube req/s | p50 / p99 ms | CPU s per 1,000: etcd, kube | ratio | goal |");
        Say($"|---|---|---|---|---|---|---|---|---|");
        foreach (var row in s_rows)
        {
            await CompareAsync(row, cancellationToken).ConfigureAwait(false);
        }

        await FillAsync(cancellationToken).ConfigureAwait(false);
        Say($"load average at the end {LoadAverage()}");
    }

    /// <summary>Code that has not run yet is compiled, and the keys that are read later are written.</summary>
    private static async Task WarmUpAsync(StoreCluster store, CancellationToken cancellationToken)
    {
        foreach (var work in (string[])["put", "txn", "range", "srange", "put"])
        {
            await MeasureAsync(store, work, 10, 100, 20_000, 100_000, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CompareAsync(Row row, CancellationToken cancellationToken)
    {
        var samples = new List<Sample>[] { [], [] };
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var turn = 0; turn < 2; turn++)
            {
                var which = (round + turn) % 2;
                samples[which].Add(await MeasureAsync(
                    _stores[which], row.Work, row.Connections, row.Clients, (int)(row.Requests * options.Scale), 100_000, cancellationToken)
                    .ConfigureAwait(false));
            }
        }

        var (of, ours) = (Sample.Median(samples[0]), Sample.Median(samples[1]));
        var isLatency = row.Measure == Measure.P50;
        var ratio = isLatency ? ours.P50Ms / of.P50Ms : ours.PerSecond / of.PerSecond;
        var met = isLatency ? ratio <= row.Goal : ratio >= row.Goal;
        Say($"| {row.Name} | {row.Connections}/{row.Clients} | {of.PerSecond:F0} | {of.P50Ms:F2} / {of.P99Ms:F1} | {ours.PerSecond:F0} | {ours.P50Ms:F2} / {ours.P99Ms:F1} | {of.CpuPer1000:F3}, {ours.CpuPer1000:F3} | {(isLatency ? "p50 " : "")}{ratio:F2}x | {(isLatency ? "at most " : "")}{row.Goal}x: {(met ? "met" : "missed")} |");
    }

    /// <summary>Many new keys, one after the other: what is written, what is used, and what stays in memory.</summary>
    private async Task FillAsync(CancellationToken cancellationToken)
    {
        var (peers, ours) = (await FillAsync(peer, cancellationToken).ConfigureAwait(false), await FillAsync(kube, cancellationToken).ConfigureAwait(false));
        Say($"");
        Say($"{options.FillKeys} new keys, each put once, 100/1000:");
        Say($"");
        Say($"| what | etcd | kube | ratio | goal |");
        Say($"|---|---|---|---|---|");
        SayAtMost("CPU seconds per 1,000 puts, all members", peers.CpuPer1000, ours.CpuPer1000, 0.5, "F3");
        SayAtMost("bytes a member writes per byte stored", peers.WrittenPerByte, ours.WrittenPerByte, 0.5, "F2");
        SayAtMost("memory of a member after it, MB resident", peers.ResidentBytes / 1e6, ours.ResidentBytes / 1e6, 1, "F0");
        Say($"| put, new keys, req/s | {peers.PerSecond:F0} | {ours.PerSecond:F0} | {ours.PerSecond / peers.PerSecond:F2}x | |");
        Say($"| p99 ms | {peers.P99Ms:F1} | {ours.P99Ms:F1} | {ours.P99Ms / peers.P99Ms:F2}x | |");
    }

    private Task<Sample> FillAsync(StoreCluster store, CancellationToken cancellationToken)
        => MeasureAsync(store, "put", 100, 1000, options.FillKeys, 0, cancellationToken);

    private void SayAtMost(string what, double peers, double ours, double goal, string format)
    {
        var ratio = ours / peers;
        string Number(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        Say($"| {what} | {Number(peers)} | {Number(ours)} | {ratio:F2}x | at most {goal}x: {(ratio <= goal ? "met" : "missed")} |");
    }

    private static async Task<Sample> MeasureAsync(
        StoreCluster store, string work, int connections, int clients, int total, int keySpace, CancellationToken cancellationToken)
    {
        var before = MemberUsage.Of(store.ProcessIds);
        var load = new StoreLoadOptions
        {
            Endpoints = store.Endpoints, Connections = connections, Clients = clients, Total = total, Work = work, KeySpace = keySpace,
        };
        var result = await new StoreLoad(load).RunAsync(cancellationToken).ConfigureAwait(false);
        if (result.Failures > 0)
        {
            throw new InvalidOperationException($"{store.Endpoints[0]}: {result}");
        }

        var after = MemberUsage.Of(store.ProcessIds);
        return new Sample(
            result.PerSecond, result.P50Ms, result.P99Ms, (after.CpuSeconds - before.CpuSeconds) * 1000 / total,
            (after.WrittenBytes - before.WrittenBytes) / StoreCluster.Size / ((double)total * (load.KeySizeBytes + load.ValueSizeBytes)),
            after.ResidentBytes);
    }

    private static string LoadAverage() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]);

    private void Say(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private sealed record Row(string Name, string Work, int Connections, int Clients, int Requests, Measure Measure, double Goal);

    private sealed record Sample(double PerSecond, double P50Ms, double P99Ms, double CpuPer1000, double WrittenPerByte, double ResidentBytes)
    {
        /// <summary>Each figure's own median.</summary>
        public static Sample Median(List<Sample> samples)
        {
            double Of(Func<Sample, double> figure) => samples.Select(figure).Order().ElementAt(samples.Count / 2);
            return new Sample(
                Of(s => s.PerSecond), Of(s => s.P50Ms), Of(s => s.P99Ms), Of(s => s.CpuPer1000), Of(s => s.WrittenPerByte), Of(s => s.ResidentBytes));
        }
    }
}
