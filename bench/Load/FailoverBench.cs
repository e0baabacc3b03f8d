using System.Diagnostics;
using System.Globalization;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;

namespace Kube.Load;

/// <summary>What to measure of a store that loses members.</summary>
internal sealed record FailoverOptions(int Rounds, int Keys, int Behind, int ValueSizeBytes);

/// <summary>
/// Three measurements on a cluster of its own: kill -9 of the leader to the first new acknowledged write; kill -9 of all to the
/// first answer, with many keys; and how long a member takes to catch up.
/// </summary>
internal sealed class FailoverBench(StoreCluster cluster, FailoverOptions options, TextWriter output)
{
    private const int OpsPerTxn = 128;
    private const int Writers = 16;

    private readonly List<string> _table = [];
    private readonly ByteString _value = ByteString.CopyFrom(new byte[options.ValueSizeBytes]);

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
            await PutAsync(other, $"failover-{round}-before", TimeSpan.FromSeconds(30)).ConfigureAwait(false);
            var watch = Stopwatch.StartNew();
            cluster.Kill(leader);
            await PutAsync(other, $"failover-{round}-after", TimeSpan.FromSeconds(30)).ConfigureAwait(false);
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
        await FillAsync("key-", options.Keys, await cluster.LeaderAsync().ConfigureAwait(false), OpsPerTxn).ConfigureAwait(false);
        Say($"{options.Keys} keys with values of {options.ValueSizeBytes} bytes written in {watch.Elapsed.TotalSeconds:F1} s ({OpsPerTxn} to a transaction)");
        for (var i = 0; i < StoreCluster.Size; i++)
        {
            cluster.Kill(i);
        }
        watch.Restart();
        for (var i = 0; i < StoreCluster.Size; i++)
        {
            cluster.Start(i);
        }
        var serving = Enumerable.Range(0, StoreCluster.Size).Select(cluster.ServesAsync).ToList();
        await (await Task.WhenAny(serving).ConfigureAwait(false)).ConfigureAwait(false);
        var first = watch.Elapsed.TotalSeconds;
        await Task.WhenAll(serving).ConfigureAwait(false);
        var all = watch.Elapsed.TotalSeconds;
        await PutAsync(0, "recovered", TimeSpan.FromSeconds(60)).ConfigureAwait(false);
        Note($"kill -9 of all, {options.Keys} keys, to the first linearizable read", $"{first:F2} s; on every member {all:F2} s; first write acknowledged {watch.Elapsed.TotalSeconds:F2} s");
        var count = await cluster.Kv(0).RangeAsync(new RangeRequest
        {
            Key = ByteString.CopyFromUtf8("key-"), RangeEnd = ByteString.CopyFromUtf8("key."), CountOnly = true,
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
        await FillAsync("behind-", options.Behind, leader, 1).ConfigureAwait(false);
        var target = (await cluster.StatusAsync(leader).ConfigureAwait(false))!.RaftIndex;
        var watch = Stopwatch.StartNew();
        cluster.Start(away);
        await StoreCluster.UntilAsync(async () => await cluster.StatusAsync(away).ConfigureAwait(false) is not null).ConfigureAwait(false);
        var up = watch.Elapsed.TotalSeconds;
        await StoreCluster.UntilAsync(
            async () => await cluster.StatusAsync(away).ConfigureAwait(false) is { } status && status.RaftAppliedIndex >= target).ConfigureAwait(false);
        Note($"a member {target - before} entries behind, from the start of its process", $"caught up after {watch.Elapsed.TotalSeconds:F2} s, of which {up:F2} s until it answered at all");
    }

    private async Task FillAsync(string prefix, int keys, int member, int opsPerTxn)
    {
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, opsPerTxn == 1 ? Writers * 8 : Writers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Add(ref next, opsPerTxn) - opsPerTxn is var begin && begin < keys)
            {
                var txn = new TxnRequest();
                for (var i = begin; i < Math.Min(begin + opsPerTxn, keys); i++)
                {
                    txn.Success.Add(new RequestOp { RequestPut = new PutRequest { Key = KeyOf(prefix, i), Value = _value } });
                }
                await cluster.Kv(member).TxnAsync(txn).ConfigureAwait(false);
            }
        }))).ConfigureAwait(false);
    }

    /// <summary>Writes at one member, again and again until it is acknowledged.</summary>
    private async Task PutAsync(int member, string key, TimeSpan patience)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await cluster.Kv(member).PutAsync(
                    new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = _value }, deadline: DateTime.UtcNow.AddSeconds(10)).ConfigureAwait(false);
                return;
            }
            catch (RpcException) when (watch.Elapsed < patience)
            {
                await Task.Delay(5).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Says a figure at once, and keeps it for the table at the end.</summary>
    private void Note(FormattableString what, FormattableString measured)
    {
        Say($"{what.ToString(CultureInfo.InvariantCulture)}: {measured.ToString(CultureInfo.InvariantCulture)}");
        _table.Add($"| {what.ToString(CultureInfo.InvariantCulture)} | {measured.ToString(CultureInfo.InvariantCulture)} |");
    }

    private static ByteString KeyOf(string prefix, int i) => ByteString.CopyFromUtf8(prefix + i.ToString("D8", CultureInfo.InvariantCulture));

    private static string Load() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]);

    private void Say(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
