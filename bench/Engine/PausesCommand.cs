using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Etcd.V3;
using Google.Protobuf;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Lease;
using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Server.Upkeep;
using StoreCommand = Kube.Store.V1.Command;

namespace Kube.EngineBench;

/// <summary>`pauses`: how long a put waits in the state machine at worst, before and while history is compacted. No disk, no network.</summary>
internal static class PausesCommand
{
    private const int ValueSizeBytes = 256;
    private const int Values = 16;

    public static Command Create()
    {
        var keys = new Option<int>("--keys") { Description = "Keys.", DefaultValueFactory = _ => 300_000 };
        var versions = new Option<int>("--versions") { Description = "Versions of each key before the compaction.", DefaultValueFactory = _ => 2 };
        var rate = new Option<int>("--rate") { Description = "Puts a second that are measured.", DefaultValueFactory = _ => 5000 };
        var seconds = new Option<int>("--seconds") { Description = "How long before, and how long while, it compacts.", DefaultValueFactory = _ => 10 };
        var command = new Command("pauses", "Overwrites keys and compacts; prints how long puts took in the state machine and how long the collector stopped everything.")
        {
            keys, versions, rate, seconds,
        };
        command.SetAction(async (parsed, _) =>
        {
            await RunAsync(parsed.GetValue(keys), parsed.GetValue(versions), parsed.GetValue(rate), TimeSpan.FromSeconds(parsed.GetValue(seconds))).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(int keys, int versions, int rate, TimeSpan duration)
    {
        var machine = new StoreStateMachine(new PagedValueStore(), new LeaseClock(10));
        var driver = new Driver(machine, keys);
        for (var i = 0; i < (long)keys * versions; i++)
        {
            driver.Put();
        }
        await using var upkeep = new CompactionTask(machine, TimeProvider.System);
        Say($"{keys} keys, {machine.Store.VersionCount} versions, heap {GC.GetTotalMemory(false) >> 20} MB, collections so far {GC.CollectionCount(2)}");
        Measure("before", driver, rate, duration);
        driver.Compact();
        Measure("compacting", driver, rate, duration);
        Say($"{machine.Store.VersionCount} versions are left, {(machine.Store.NeedsTrim ? "NOT all" : "all")} that could go are gone");
    }

    /// <summary>Puts at a pace. A put that is late because the one before it took long counts from when it was due.</summary>
    private static void Measure(string what, Driver driver, int rate, TimeSpan duration)
    {
        var pause = Stopwatch.Frequency / rate;
        var times = new List<double>();
        var longestCollection = TimeSpan.Zero;
        var (collections, paused) = (GC.CollectionCount(2), GC.GetTotalPauseDuration());
        var begun = Stopwatch.GetTimestamp();
        for (var due = begun; Stopwatch.GetElapsedTime(begun) < duration; due += pause)
        {
            while (Stopwatch.GetTimestamp() < due)
            {
                Thread.Yield();
            }
            driver.Put();
            times.Add(Stopwatch.GetElapsedTime(due).TotalMilliseconds);
            var now = GC.GetTotalPauseDuration();
            (longestCollection, paused) = (now - paused > longestCollection ? now - paused : longestCollection, now);
        }
        times.Sort();
        Say($"{what}: {times.Count} puts, p50 {times[times.Count / 2]:F3} ms, p99 {times[times.Count * 99 / 100]:F2} ms, p99.9 {times[(int)(times.Count * 0.999)]:F2} ms, slowest {times[^1]:F1} ms; longest pause of the collector {longestCollection.TotalMilliseconds:F1} ms, full collections {GC.CollectionCount(2) - collections}");
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private sealed class Driver(StoreStateMachine machine, int keys)
    {
        private readonly byte[][] _values = [.. Enumerable.Range(0, Values).Select(static _ => new byte[ValueSizeBytes])];
        private ulong _index;
        private uint _put;

        public void Put()
        {
            // Every key in turn, in an order that is not that of the index.
            var key = (uint)((ulong)_put * 0x9E3779B1 % (uint)keys);
            Apply(new StoreCommand
            {
                Put = new PutRequest
                {
                    Key = ByteString.CopyFromUtf8(key.ToString("D32", CultureInfo.InvariantCulture)),
                    Value = UnsafeByteOperations.UnsafeWrap(_values[_put++ % Values]),
                },
            });
        }

        public void Compact() => Apply(new StoreCommand { Compaction = new CompactionRequest { Revision = machine.Store.CurrentRevision } });

        private void Apply(StoreCommand command) => machine.Apply(++_index, 1, command.ToByteArray());
    }
}
