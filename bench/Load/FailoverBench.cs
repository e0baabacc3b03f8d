using System.Diagnostics;
using System.Globalization;
using Etcd.V3;
using Google.Protobuf;

namespace Kube.Load;

/// <summary>What to measure of a store that loses members.</summary>
internal sealed record FailoverOptions(int Rounds, int Keys, int Behind, int ValueSizeBytes);

/// <summary>
/// Three measurements on a cluster of its own: kill -9 of the leader to the first new acknowledged write; kill -9 of all to the
/// first answer, with many keys; and how long a member takes to catch up.
/// </summary>
internal sealed class FailoverBench(StoreCluster cluster, FailoverOptions options, TextWriter output)
{
    private readonly List<string> _table = [];

    public async Task RunAsync()
    {
        Say($"machine: {Environment.ProcessorCount} processors, load average {Load()}");
        await cluster.StartAllAsync().ConfigureAwait(false);
        _table.Add("| What | Measured |");
        _table.Add("|---|---|");
        await MeasureFailoverAsync().ConfigureAwait(false);
        await MeasureRecoveryAsync().ConfigureAwait(false);
        await MeasureCatchUpAsync().ConfigureAwait(false);
        Say($"load average at the end {Load()}");
        _table.ForEach(output.WriteLine);
    }

    private async Task MeasureFailoverAsync()
    {
        var times = new List<double>();
        for (var round = 0; round < options.Rounds; round++)
        {
            var leader = await cluster.LeaderAsync().ConfigureAwait(false);
            var other = (leader + 1) % StoreCluster.Size;
            await cluster.PutAsync(other, $"failover-{round}-before", TimeSpan.FromSeconds(30)).ConfigureAwait(false);
            var watch = Stopwatch.StartNew();
            cluster.Kill(leader);
            await cluster.PutAsync(other, $"failover-{round}-after", TimeSpan.FromSeconds(30)).ConfigureAwait(false);
            times.Add(watch.Elapsed.TotalMilliseconds);
            cluster.Start(leader);
            await cluster.ServesAsync(leader).ConfigureAwait(false);
        }
        times.Sort();
        Note($"leader kill -9 to the first new acknowledged write, {times.Count} times", $"min {times[0]:F0} ms, median {times[times.Count / 2]:F0} ms, max {times[^1]:F0} ms");
    }

    private async Task MeasureRecoveryAsync()
    {
        var watch = Stopwatch.StartNew();
        await cluster.FillAsync("key-", options.Keys, await cluster.LeaderAsync().ConfigureAwait(false), options.ValueSizeBytes).ConfigureAwait(false);
        Say($"{options.Keys} keys with values of {options.ValueSizeBytes} bytes written in {watch.Elapsed.TotalSeconds:F1} s");
        cluster.KillAll();
        watch.Restart();
        cluster.StartAll();
        var serving = Enumerable.Range(0, StoreCluster.Size).Select(cluster.ServesAsync).ToList();
        await (await Task.WhenAny(serving).ConfigureAwait(false)).ConfigureAwait(false);
        var first = watch.Elapsed.TotalSeconds;
        await Task.WhenAll(serving).ConfigureAwait(false);
        var all = watch.Elapsed.TotalSeconds;
        await cluster.PutAsync(0, "recovered", TimeSpan.FromSeconds(60)).ConfigureAwait(false);
        Note($"kill -9 of all, {options.Keys} keys, to the first linearizable read", $"{first:F2} s; on every member {all:F2} s; first write acknowledged {watch.Elapsed.TotalSeconds:F2} s");
        var count = await cluster.Kv(0).RangeAsync(new RangeRequest
        {
            Key = ByteString.CopyFromUtf8("key-"),
            RangeEnd = ByteString.CopyFromUtf8("key."),
            CountOnly = true,
        }).ConfigureAwait(false);
        if (count.Count != options.Keys)
        {
            throw new InvalidOperationException($"{count.Count} keys are there, {options.Keys} were acknowledged");
        }
    }

    private async Task MeasureCatchUpAsync()
    {
        var leader = await cluster.LeaderAsync().ConfigureAwait(false);
        var away = (leader + 1) % StoreCluster.Size;
        cluster.Kill(away);
        var before = (await cluster.StatusAsync(leader).ConfigureAwait(false))!.RaftIndex;
        await cluster.FillAsync("behind-", options.Behind, leader, options.ValueSizeBytes, opsPerTxn: 1).ConfigureAwait(false);
        var target = (await cluster.StatusAsync(leader).ConfigureAwait(false))!.RaftIndex;
        var watch = Stopwatch.StartNew();
        cluster.Start(away);
        await StoreCluster.UntilAsync(async () => await cluster.StatusAsync(away).ConfigureAwait(false) is not null).ConfigureAwait(false);
        var up = watch.Elapsed.TotalSeconds;
        await StoreCluster.UntilAsync(
            async () => await cluster.StatusAsync(away).ConfigureAwait(false) is { } status && status.RaftAppliedIndex >= target).ConfigureAwait(false);
        Note($"a member {target - before} entries behind, from the start of its process", $"caught up after {watch.Elapsed.TotalSeconds:F2} s, of which {up:F2} s until it answered at all");
    }

    /// <summary>Says a figure at once, and keeps it for the table at the end.</summary>
    private void Note(FormattableString what, FormattableString measured)
    {
        Say($"{what.ToString(CultureInfo.InvariantCulture)}: {measured.ToString(CultureInfo.InvariantCulture)}");
        _table.Add($"| {what.ToString(CultureInfo.InvariantCulture)} | {measured.ToString(CultureInfo.InvariantCulture)} |");
    }

    private static string Load() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]);

    private void Say(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
