using System.Diagnostics;
using System.Globalization;
using Etcd.V3;
using Google.Protobuf;

namespace Kube.Load;

/// <summary>What takes more than the same call again and again.</summary>
internal sealed partial class StoreComparison
{
    private const int ListedKeys = 10_000;
    private const int Leases = 10_000;
    private const int LargeValueBytes = 16 << 10;

    /// <summary>By how much the data of the large row exceeds its memory.</summary>
    private const int LargeDivisor = 32;

    private static readonly byte[] s_listed = "listed/"u8.ToArray();

    private async Task CompareOthersAsync(CancellationToken cancellationToken)
    {
        if (IsWanted("range of 10,000 keys"))
        {
            await CompareListAsync(cancellationToken).ConfigureAwait(false);
        }
        if (IsWanted("watch"))
        {
            await CompareWatchAsync(cancellationToken).ConfigureAwait(false);
        }
        if (IsWanted("lease"))
        {
            await CompareLeasesAsync(cancellationToken).ConfigureAwait(false);
        }
        if (IsWanted("compacting"))
        {
            await CompareCompactionAsync(cancellationToken).ConfigureAwait(false);
        }
        if (options.RestartKeys > 0 && IsWanted("restart"))
        {
            await CompareRestartAsync().ConfigureAwait(false);
        }
    }

    private async Task CompareListAsync(CancellationToken cancellationToken)
    {
        foreach (var store in Stores)
        {
            await store.FillAsync("listed/", ListedKeys, 0, 256).ConfigureAwait(false);
        }
        var request = new RangeRequest
        {
            Key = ByteString.CopyFrom(s_listed),
            RangeEnd = ByteString.CopyFrom([.. s_listed[..^1], (byte)(s_listed[^1] + 1)]),
        }.ToByteArray();
        var load = new Load("list", 4, 4, Math.Max(8, (int)(80 * options.Scale)));
        var (of, ours) = await AlternateAsync(store => MeasureAsync(store, load.Total, () => StoreLoad.RunAsync(
            load.On(store), ["/etcdserverpb.KV/Range"], _ => (0, request), cancellationToken))).ConfigureAwait(false);
        Compare($"range of 10,000 keys (3 MB), 4/4, req/s", of.PerSecond, ours.PerSecond, null, false, "F1");
        Compare($"range of 10,000 keys, p50 ms", of.P50Ms, ours.P50Ms, null, true, "F1");
        Compare($"memory of a member after it, MB resident ", of.ResidentBytes / 1e6, ours.ResidentBytes / 1e6, 1, true, "F0");
    }

    private async Task CompareWatchAsync(CancellationToken cancellationToken)
    {
        var bench = new WatchBench(Streams: 10, WatchesPerStream: 100, Puts: Math.Max(10, (int)(100 * options.Scale)));
        var (of, ours) = await AlternateAsync(store => MeasureAsync(store, bench.Puts, () => bench.RunAsync(store, cancellationToken))).ConfigureAwait(false);
        Compare("watch: 1,000 watchers of a key, events/s", of.PerSecond, ours.PerSecond, null, false, "F0");
        Compare("watch: from put to event, p50 ms", of.P50Ms, ours.P50Ms, null, true);
        Compare("watch: from put to event, p99 ms", of.P99Ms, ours.P99Ms, null, true);
    }

    private async Task CompareLeasesAsync(CancellationToken cancellationToken)
    {
        var count = (int)(Leases * options.Scale);
        var next = 1000L;
        var (of, ours) = await AlternateAsync(async store =>
        {
            var first = Interlocked.Add(ref next, count);
            var load = new Load("lease", 10, 100, count).On(store);
            ReadOnlyMemory<byte> Grant(int index) => new LeaseGrantRequest { TTL = 600, ID = first + index }.ToByteArray();
            ReadOnlyMemory<byte> Revoke(int index) => new LeaseRevokeRequest { ID = first + index }.ToByteArray();
            var granted = await MeasureAsync(store, count, () => StoreLoad.RunAsync(
                load, ["/etcdserverpb.Lease/LeaseGrant"], index => (0, Grant(index)), cancellationToken)).ConfigureAwait(false);
            var revoked = await MeasureAsync(store, count, () => StoreLoad.RunAsync(
                load, ["/etcdserverpb.Lease/LeaseRevoke"], index => (0, Revoke(index)), cancellationToken)).ConfigureAwait(false);
            return granted with { PerSecond = 2 / ((1 / granted.PerSecond) + (1 / revoked.PerSecond)) };
        }).ConfigureAwait(false);
        Compare($"lease churn, {count} granted and revoked, 10/100, req/s", of.PerSecond, ours.PerSecond, null, false, "F0");
    }

    /// <summary>Puts while the history of all the rows before is compacted.</summary>
    private async Task CompareCompactionAsync(CancellationToken cancellationToken)
    {
        var load = new Load("put", 10, 100, Math.Max(4000, (int)(40_000 * options.Scale)));
        var samples = new List<Sample>();
        foreach (var store in Stores)
        {
            var putting = MeasureAsync(store, load, cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken).ConfigureAwait(false);
            await store.CompactAsync().ConfigureAwait(false);
            samples.Add(await putting.ConfigureAwait(false));
        }
        Compare("put while compacting, 10/100, req/s", samples[0].PerSecond, samples[1].PerSecond, null, false, "F0");
        Compare("put while compacting, p99 ms", samples[0].P99Ms, samples[1].P99Ms, null, true, "F1");
        Compare("put while compacting, slowest ms", samples[0].MaxMs, samples[1].MaxMs, null, true, "F1");
    }

    /// <summary>kill -9 of all members with many keys, to the first acknowledged write.</summary>
    private async Task CompareRestartAsync()
    {
        var times = new List<double>();
        var resident = new List<double>();
        foreach (var store in Stores)
        {
            await store.FillAsync("restart/", options.RestartKeys, await store.LeaderAsync().ConfigureAwait(false), 256).ConfigureAwait(false);
            Stores.First(other => other != store).Pause();
            store.KillAll();
            var watch = Stopwatch.StartNew();
            store.StartAll();
            await store.ServesAsync(0).ConfigureAwait(false);
            await store.PutAsync(0, "restarted", TimeSpan.FromMinutes(2)).ConfigureAwait(false);
            times.Add(watch.Elapsed.TotalSeconds);
            resident.Add(MemberUsage.Of(store.ProcessIds).ResidentBytes / 1e6);
            Stores.First(other => other != store).Resume();
        }
        var keys = options.RestartKeys.ToString("N0", CultureInfo.InvariantCulture);
        Compare($"restart of all with {keys} keys after kill -9, to the first write, s", times[0], times[1], null, true);
        Compare("memory of a member after it, MB resident  ", resident[0], resident[1], 1, true, "F0");
    }

    /// <summary>Data many times larger than the memory for values; the store alone, for etcd has no such bound.</summary>
    private async Task MeasureLargeAsync(CancellationToken cancellationToken)
    {
        var memoryMb = Math.Max(4, options.LargeMb / LargeDivisor);
        await using var store = newCluster("large", ["--memory-mb", memoryMb.ToString(CultureInfo.InvariantCulture), "--quota-backend-bytes", (64L << 30).ToString(CultureInfo.InvariantCulture)]);
        await store.StartAllAsync().ConfigureAwait(false);
        var keys = (int)(((long)options.LargeMb << 20) / LargeValueBytes);
        var fill = new Load("put", 10, 50, keys) { KeySpace = 0, ValueSizeBytes = LargeValueBytes };
        var filled = await MeasureAsync(store, fill, cancellationToken).ConfigureAwait(false);
        var read = await MeasureAsync(store, new Load("range", 10, 50, keys) { KeySpace = keys, ValueSizeBytes = LargeValueBytes }, cancellationToken).ConfigureAwait(false);
        report.Add($"{options.LargeMb} MB of data in values of 16 KiB with `--memory-mb {memoryMb}` (kube alone): put {filled.PerSecond:F0}/s, p99 {filled.P99Ms:F1} ms, {filled.WrittenPer1000 / 1000 / LargeValueBytes:F2} bytes written per byte by a member; random linearizable reads {read.PerSecond:F0}/s, p99 {read.P99Ms:F1} ms; {read.ResidentBytes / 1e6:F0} MB resident, {store.DiskBytes / StoreCluster.Size >> 20} MB on disk a member.");
        report.Add($"");
    }
}
