using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace Kube.EngineBench;

/// <summary>`recovery`: fills a data directory and measures how long a member takes to serve again on it.</summary>
internal static class RecoveryCommand
{
    public static Command Create()
    {
        var directory = new Option<string>("--dir") { Description = "Where the data goes; one that is there is used as it is.", Required = true };
        var keys = new Option<int>("--keys") { Description = "Keys to write.", DefaultValueFactory = _ => 1_000_000 };
        var keySize = new Option<int>("--key-size") { Description = "Bytes of a key.", DefaultValueFactory = _ => 32 };
        var valueSize = new Option<int>("--val-size") { Description = "Bytes of a value.", DefaultValueFactory = _ => 256 };
        var ops = new Option<int>("--ops-per-entry") { Description = "Puts to a log entry.", DefaultValueFactory = _ => 1 };
        var snapshotCount = new Option<ulong>("--snapshot-count") { Description = "As of kube store serve.", DefaultValueFactory = _ => 100_000 };
        var memory = new Option<int>("--memory-mb") { Description = "As of kube store serve.", DefaultValueFactory = _ => 4096 };
        var command = new Command("recovery", "Fills a data directory unless it is there, then measures how long a member takes to serve again on it.")
        {
            directory, keys, keySize, valueSize, ops, snapshotCount, memory,
        };
        command.SetAction(async (parsed, _) =>
        {
            var path = parsed.GetRequiredValue(directory);
            if (!Directory.Exists(path))
            {
                await MeasureAsync("fill", path, parsed.GetValue(snapshotCount), parsed.GetValue(memory), member => member.FillAsync(
                    parsed.GetValue(keys), parsed.GetValue(keySize), parsed.GetValue(valueSize), parsed.GetValue(ops), 512)).ConfigureAwait(false);
                return 0;
            }
            await MeasureAsync("recovery", path, ulong.MaxValue, parsed.GetValue(memory), _ => Task.CompletedTask).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    private static async Task MeasureAsync(string name, string directory, ulong snapshotCount, int memoryMb, Func<EngineMember, Task> work)
    {
        var watch = Stopwatch.StartNew();
        var storage = EngineMember.Open(directory);
        Say($"{name}: storage open after {Clock(watch)}, entries {storage.FirstIndex} to {storage.LastIndex}, snapshot at {storage.LatestSnapshot.Index}");
        await using var member = await EngineMember.StartAsync(storage, snapshotCount, (long)memoryMb << 20).ConfigureAwait(false);
        Say($"{name}: snapshot restored after {Clock(watch)}");
        await member.ServesAsync().ConfigureAwait(false);
        Say($"{name}: serves after {Clock(watch)}, applied {member.Machine.AppliedIndex}, {member.Machine.Store.IndexedKeys} keys");
        await work(member).ConfigureAwait(false);
        Say($"{name}: done after {Clock(watch)}, {member.Machine.Store.IndexedKeys} keys; GCs {GC.CollectionCount(0)} {GC.CollectionCount(1)} {GC.CollectionCount(2)}, paused {GC.GetTotalPauseDuration().TotalSeconds:F2} s, allocated {GC.GetTotalAllocatedBytes() >> 20} MB, resident {Environment.WorkingSet >> 20} MB");
    }

    private static string Clock(Stopwatch watch) => string.Create(
        CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds:F2} s (processor {Environment.CpuUsage.TotalTime.TotalSeconds:F2} s)");

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
