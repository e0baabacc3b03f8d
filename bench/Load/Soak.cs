using System.Diagnostics;
using System.Globalization;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Kube.Load;

/// <summary>How long a store is to bear what.</summary>
internal sealed record SoakOptions(TimeSpan Duration, int Keys, int ValueSizeBytes, int PutsPerSecond);

/// <summary>
/// Overwrites a fixed set of keys through all members and compacts every few seconds; samples what the members use, and compares the
/// last part of the time with the one after warming up. What the disk may hold at most besides follows from how the store uses it.
/// </summary>
/// <param name="cluster">The store, not started.</param>
/// <param name="directory">Holds the members' data and nothing else.</param>
/// <param name="options">How long, and what.</param>
/// <param name="output">Where the table goes.</param>
internal sealed class Soak(StoreCluster cluster, string directory, SoakOptions options, TextWriter output)
{
    private const int Writers = 12;
    private const int Samples = 40;
    // What docs/internals/log-format.md and 'kube store serve --help' say of a member with default flags.
    private const double SegmentMb = 64;
    private const double PageMb = 4;
    private const int SnapshotEntries = 100_000;
    private const int CatchUpEntries = 5_000;

    /// <summary>A key, its head in the log or in a snapshot, and what aligns it.</summary>
    private const int OverheadBytes = 160;

    private static readonly TimeSpan s_compactEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly List<Sample> _samples = [];
    private readonly ByteString _value = ByteString.CopyFrom(new byte[options.ValueSizeBytes]);
    private readonly Stopwatch _clock = new();
    private long _puts;
    private long _events;
    private long _failures;
    private long _revision;

    /// <returns>False when something grew or failed.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        output.WriteLine($"{options.Keys} keys of {options.ValueSizeBytes} bytes, at most {options.PutsPerSecond} puts/s, {options.Duration.TotalSeconds} s; load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
        for (var member = 0; member < StoreCluster.Size; member++)
        {
            cluster.Start(member);
        }
        for (var member = 0; member < StoreCluster.Size; member++)
        {
            await cluster.ServesAsync(member).ConfigureAwait(false);
        }
        _clock.Start();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(options.Duration);
        Task[] work =
        [
            .. Enumerable.Range(0, Writers).Select(writer => WriteAsync(writer, ending.Token)),
            CompactAsync(ending.Token), GrantAsync(ending.Token), WatchAsync(isRead: true, ending.Token), WatchAsync(isRead: false, ending.Token),
            SampleAsync(ending.Token),
        ];
        await Task.WhenAll(work).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return Judge();
    }

    private async Task WriteAsync(int writer, CancellationToken cancellationToken)
    {
        var kv = cluster.Kv(writer % StoreCluster.Size);
        var pace = TimeSpan.FromSeconds((double)Writers / options.PutsPerSecond);
        var next = _clock.Elapsed;
        for (var i = writer; !cancellationToken.IsCancellationRequested; i += Writers)
        {
            var key = ByteString.CopyFromUtf8($"soak/{i % options.Keys:D8}");
            try
            {
                var answer = await kv.PutAsync(new PutRequest { Key = key, Value = _value }, deadline: DateTime.UtcNow + s_patience).ConfigureAwait(false);
                Interlocked.Increment(ref _puts);
                Interlocked.Exchange(ref _revision, answer.Header.Revision);
            }
            catch (RpcException)
            {
                Interlocked.Increment(ref _failures);
            }
            next += pace;
            if (next - _clock.Elapsed is { Ticks: > 0 } early)
            {
                await PauseAsync(early, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task CompactAsync(CancellationToken cancellationToken)
    {
        while (await PauseAsync(s_compactEvery, cancellationToken).ConfigureAwait(false))
        {
            await CountAsync(() => cluster.Kv(0).CompactAsync(
                new CompactionRequest { Revision = Interlocked.Read(ref _revision) }, deadline: DateTime.UtcNow + s_patience).ResponseAsync).ConfigureAwait(false);
        }
    }

    /// <summary>Leases that come, hold a key, and go: half of them are revoked, half run out.</summary>
    private async Task GrantAsync(CancellationToken cancellationToken)
    {
        using var channel = GrpcChannel.ForAddress(cluster.Endpoints[1]);
        var leases = new Lease.LeaseClient(channel);
        for (var i = 0; await PauseAsync(TimeSpan.FromMilliseconds(100), cancellationToken).ConfigureAwait(false); i++)
        {
            await CountAsync(async () =>
            {
                var lease = await leases.LeaseGrantAsync(new LeaseGrantRequest { TTL = 5 }, deadline: DateTime.UtcNow + s_patience);
                await cluster.Kv(1).PutAsync(
                    new PutRequest { Key = ByteString.CopyFromUtf8($"lease/{i}"), Value = _value, Lease = lease.ID }, deadline: DateTime.UtcNow + s_patience);
                if (i % 2 == 0)
                {
                    await leases.LeaseRevokeAsync(new LeaseRevokeRequest { ID = lease.ID }, deadline: DateTime.UtcNow + s_patience);
                }
                return i;
            }).ConfigureAwait(false);
        }
    }

    private async Task WatchAsync(bool isRead, CancellationToken cancellationToken)
    {
        try
        {
            using var channel = GrpcChannel.ForAddress(cluster.Endpoints[2], new GrpcChannelOptions { MaxReceiveMessageSize = null });
            using var watch = new Watch.WatchClient(channel).Watch(cancellationToken: cancellationToken);
            await watch.RequestStream.WriteAsync(new WatchRequest
            {
                CreateRequest = new WatchCreateRequest { Key = ByteString.CopyFromUtf8("soak/"), RangeEnd = ByteString.CopyFromUtf8("soak0"), PrevKv = true },
            }).ConfigureAwait(false);
            if (!isRead)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
            }
            while (await watch.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
            {
                Interlocked.Add(ref _events, watch.ResponseStream.Current.Events.Count);
            }
            throw new InvalidOperationException("a watch ended by itself");
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && e is RpcException or OperationCanceledException)
        {
            // The time is over.
        }
    }

    private async Task SampleAsync(CancellationToken cancellationToken)
    {
        output.WriteLine("| seconds | puts | failed | events | resident MB (3 members) | descriptors | files | disk MB |");
        output.WriteLine("|---|---|---|---|---|---|---|---|");
        while (await PauseAsync(options.Duration / Samples, cancellationToken).ConfigureAwait(false))
        {
            var processes = cluster.ProcessIds;
            var sample = new Sample(
                MemberUsage.Of(processes).ResidentBytes * processes.Count / (1 << 20),
                processes.Sum(static process => Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count()),
                Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Count(),
                await DiskBytesAsync().ConfigureAwait(false) / (1 << 20));
            _samples.Add(sample);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {_clock.Elapsed.TotalSeconds:F0} | {Interlocked.Read(ref _puts)} | {Interlocked.Read(ref _failures)} | {Interlocked.Read(ref _events)} | {sample.ResidentMb:F0} | {sample.Descriptors:F0} | {sample.Files:F0} | {sample.DiskMb:F0} |"));
        }
    }

    /// <summary>The bytes of the blocks that the files have.</summary>
    private async Task<double> DiskBytesAsync()
    {
        using var du = Process.Start(new ProcessStartInfo("du", ["-s", "-B1", directory]) { RedirectStandardOutput = true })!;
        var text = await du.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await du.WaitForExitAsync().ConfigureAwait(false);
        return double.Parse(text.Split('\t')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>Compares the highest of the last two fifths of the time with the highest of the second and third.</summary>
    private bool Judge()
    {
        var most = MostDiskMb();
        var fifth = _samples.Count / 5;
        var (before, after) = (_samples.Skip(fifth).Take(2 * fifth).ToList(), _samples.TakeLast(2 * fifth).ToList());
        var isFlat = before.Count > 0 && Interlocked.Read(ref _puts) > 0;
        foreach (var (what, of, factor, slack) in new (string, Func<Sample, double>, double, double)[]
        {
            ("resident MB", static sample => sample.ResidentMb, 1.1, 24), ("descriptors", static sample => sample.Descriptors, 1, 6),
            // A segment more or less a member is the log on its way from one to the next.
            ("files", static sample => sample.Files, 1, 6), ("disk MB", static sample => sample.DiskMb, 1.1, StoreCluster.Size * SegmentMb),
        })
        {
            var (was, is_) = (before.Max(of), after.Max(of));
            var isGood = is_ <= (was * factor) + slack;
            isFlat &= isGood;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: at most {was:F0}, later at most {is_:F0}: {(isGood ? "flat" : "GROWS")}"));
        }
        var highest = _samples.Select(static sample => sample.DiskMb).DefaultIfEmpty().Max();
        var isBounded = highest <= most;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"disk MB: at most {highest:F0} of {most:F0} that segments and snapshots may take: {(isBounded ? "bounded" : "NOT BOUNDED")}"));
        isFlat &= isBounded;
        var failures = Interlocked.Read(ref _failures);
        output.WriteLine(failures == 0 ? "no request failed" : $"{failures} requests FAILED");
        return isFlat && failures == 0;
    }

    /// <summary>
    /// What the data of all members may take. A snapshot holds every key and what was written since the last two compactions; one is
    /// there and one is being written. The log goes back 5,000 entries behind the older of the two, and is then at most as large as a
    /// snapshot or 100,000 entries, and half as much again while the next one is written. It lies in segments: that in which it
    /// begins, those that it fills, room for the next write and two pages, and one in reserve.
    /// </summary>
    private double MostDiskMb()
    {
        var entryMb = (options.ValueSizeBytes + OverheadBytes) / (double)(1 << 20);
        var snapshotMb = (options.Keys + (2 * s_compactEvery.TotalSeconds * options.PutsPerSecond)) * entryMb;
        var logMb = (CatchUpEntries * entryMb) + (1.5 * Math.Max(snapshotMb, SnapshotEntries * entryMb));
        var segments = 1 + Math.Ceiling((logMb + (2 * PageMb)) / SegmentMb) + 1;
        return StoreCluster.Size * ((segments * SegmentMb) + (2 * snapshotMb));
    }

    private async Task CountAsync<T>(Func<Task<T>> call)
    {
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (RpcException)
        {
            Interlocked.Increment(ref _failures);
        }
    }

    private static async Task<bool> PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        await Task.Delay(pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }

    private readonly record struct Sample(double ResidentMb, double Descriptors, double Files, double DiskMb);
}
