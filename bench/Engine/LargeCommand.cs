using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Kube.RaftStore.Mvcc;

namespace Kube.EngineBench;

/// <summary>`large`: data many times larger than the memory for it, overwritten, compacted, read.</summary>
internal static class LargeCommand
{
    public static Command Create()
    {
        var directory = new Option<string>("--dir") { Description = "Where the data goes; must not be there.", Required = true };
        var size = new Option<int>("--size-mb") { Description = "Data to write.", DefaultValueFactory = _ => 1024 };
        var valueSize = new Option<int>("--val-size") { Description = "Bytes of a value.", DefaultValueFactory = _ => 4096 };
        var passes = new Option<int>("--passes") { Description = "How often all of it is written again.", DefaultValueFactory = _ => 3 };
        var memory = new Option<int>("--memory-mb") { Description = "As of kube store serve.", DefaultValueFactory = _ => 64 };
        var command = new Command("large", "Writes data larger than the memory for it, again and again with compactions, and reads it.")
        {
            directory, size, valueSize, passes, memory,
        };
        command.SetAction(async (parsed, _) =>
        {
            await RunAsync(
                parsed.GetRequiredValue(directory), parsed.GetValue(size), parsed.GetValue(valueSize), parsed.GetValue(passes), parsed.GetValue(memory)).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(string directory, int sizeMb, int valueSizeBytes, int passes, int memoryMb)
    {
        var storage = EngineMember.Open(directory);
        await using var member = await EngineMember.StartAsync(storage, 100_000, (long)memoryMb << 20).ConfigureAwait(false);
        await member.ServesAsync().ConfigureAwait(false);
        var keys = (int)(((long)sizeMb << 20) / valueSizeBytes);
        for (var pass = 0; pass <= passes; pass++)
        {
            var slowest = new Slowest();
            var watch = Stopwatch.StartNew();
            await member.OverwriteAsync(keys, keys, valueSizeBytes, 64, slowest.Note).ConfigureAwait(false);
            await member.CompactAsync().ConfigureAwait(false);
            Say($"pass {pass}: {keys / watch.Elapsed.TotalSeconds:F0} puts/s, slowest {slowest.Milliseconds:F0} ms; {Describe(member, directory)}");
        }
        await SettleAsync(member).ConfigureAwait(false);
        Say($"settled: {Describe(member, directory)}");
        ReadAll(member.Machine.Store);
    }

    /// <summary>Waits until upkeep has nothing to do, a minute at most.</summary>
    private static async Task SettleAsync(EngineMember member)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromMinutes(1) && (member.Machine.Store.NeedsTrim || member.Values.Maintain()))
        {
            await Task.Delay(10).ConfigureAwait(false);
        }
    }

    private static void ReadAll(MvccStore store)
    {
        var watch = Stopwatch.StartNew();
        var versions = store.Range(new RangeQuery(new KeyRange("\0"u8.ToArray(), "\0"u8.ToArray()))).Versions;
        var random = new Random(1);
        long bytes = 0;
        for (var i = 0; i < versions.Count; i++)
        {
            bytes += store.Values.Read(versions[random.Next(versions.Count)].Value).Length;
        }
        Say($"{versions.Count} random reads of {bytes >> 20} MB: {versions.Count / watch.Elapsed.TotalSeconds:F0}/s");
    }

    private static FormattableString Describe(EngineMember member, string directory)
        => $"values in memory {member.Values.MemoryBytes >> 20} MB, resident {Environment.WorkingSet >> 20} MB, heap {GC.GetTotalMemory(false) >> 20} MB, collections {GC.CollectionCount(2)}, longest pause {GC.GetGCMemoryInfo(GCKind.FullBlocking).PauseDurations[0].TotalMilliseconds:F0} ms; on disk: log {Allocated(directory, "log")} MB, snapshots {Allocated(directory, "snap")} MB, values {Allocated(directory, "values")} MB; written: log {member.Storage.WrittenBytes >> 20} MB, values {member.Storage.WrittenValueBytes >> 20} MB, in all {WrittenBytes() >> 20} MB";

    /// <summary>Bytes that this process made the disk write.</summary>
    private static long WrittenBytes() => long.Parse(
        File.ReadLines("/proc/self/io").Single(static line => line.StartsWith("write_bytes:", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);

    private static long Allocated(string directory, string part)
    {
        using var du = Process.Start(new ProcessStartInfo("du", ["-sm", Path.Combine(directory, part)]) { RedirectStandardOutput = true })!;
        var text = du.StandardOutput.ReadToEnd();
        du.WaitForExit();
        return long.Parse(text.Split('\t')[0], CultureInfo.InvariantCulture);
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>The slowest of many, noted from many threads.</summary>
    private sealed class Slowest
    {
        private readonly Lock _lock = new();

        public double Milliseconds { get; private set; }

        public void Note(double milliseconds)
        {
            lock (_lock)
            {
                Milliseconds = Math.Max(Milliseconds, milliseconds);
            }
        }
    }
}
