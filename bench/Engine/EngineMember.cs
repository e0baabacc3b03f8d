using System.Diagnostics;
using Etcd.V3;
using Google.Protobuf;
using Kube.Base;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Lease;
using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Server.Replication;
using Kube.RaftStore.Server.Upkeep;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Transport.Memory;
using Kube.Store.V1;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.EngineBench;

/// <summary>A member of a cluster of one: the store's log and state machine on a data directory, without its network.</summary>
internal sealed class EngineMember : IAsyncDisposable
{
    private const ulong Id = 1;

    private readonly CompactionTask _upkeep;

    private EngineMember(StoreStateMachine machine, PagedValueStore values, FasterLogStorage storage, ReplicatedLog log)
    {
        _upkeep = new CompactionTask(machine, TimeProvider.System);
        Values = values;
        Machine = machine;
        Storage = storage;
        Log = log;
    }

    public StoreStateMachine Machine { get; }

    public PagedValueStore Values { get; }

    public FasterLogStorage Storage { get; }

    public ReplicatedLog Log { get; }

    public static FasterLogStorage Open(string directory) => FasterLogStorage.Open(new FasterLogStorageOptions
    {
        Directory = directory,
        Identity = new DataIdentity(1, Id),
        Bootstrap = new ConfState([Id]),
    });

    public static async Task<EngineMember> StartAsync(FasterLogStorage storage, ulong snapshotCount, long memoryBytes)
    {
        var values = new PagedValueStore();
        values.SpillTo(storage.ValueFile, memoryBytes);
        var machine = new StoreStateMachine(values, new LeaseClock(10));
        var log = await ReplicatedLog.StartAsync(
            new ReplicatedLogOptions { MemberId = Id, SnapshotCount = snapshotCount },
            storage, new InMemoryNetwork().Join(Id), machine, TimeProvider.System, new Prng((ulong)Environment.TickCount64), NullLogger.Instance).ConfigureAwait(false);
        return new EngineMember(machine, values, storage, log);
    }

    /// <summary>Waits for a linearizable read.</summary>
    public async Task ServesAsync()
    {
        while (true)
        {
            try
            {
                await Log.ReadIndexAsync(CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (Kube.RaftStore.Server.ReplicationException)
            {
                // No leader within the request's time: it is still busy with its log.
            }
        }
    }

    /// <summary>Writes keys 0 to <paramref name="keys"/>, some to an entry.</summary>
    public async Task FillAsync(int keys, int keySizeBytes, int valueSizeBytes, int opsPerEntry, int writers)
    {
        var next = 0;
        var value = new byte[valueSizeBytes];
        new Random(1).NextBytes(value);
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Add(ref next, opsPerEntry) - opsPerEntry is var begin && begin < keys)
            {
                await Log.ProposeAsync(Entry(begin, Math.Min(begin + opsPerEntry, keys), keySizeBytes, value), CancellationToken.None).ConfigureAwait(false);
            }
        }))).ConfigureAwait(false);
    }

    /// <summary>Puts random keys, every value another.</summary>
    /// <param name="puts">How many.</param>
    /// <param name="keys">Among how many keys.</param>
    /// <param name="valueSizeBytes">Bytes of a value.</param>
    /// <param name="writers">At a time.</param>
    /// <param name="latency">Is told each put's milliseconds.</param>
    public async Task OverwriteAsync(int puts, int keys, int valueSizeBytes, int writers, Action<double> latency)
    {
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            var value = new byte[valueSizeBytes];
            while (Interlocked.Increment(ref next) <= puts)
            {
                random.NextBytes(value);
                var command = new Command { Put = Put(random.Next(keys), 32, value) }.ToByteArray();
                var started = Stopwatch.GetTimestamp();
                await Log.ProposeAsync(command, CancellationToken.None).ConfigureAwait(false);
                latency(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }))).ConfigureAwait(false);
    }

    public async Task CompactAsync() => await Log.ProposeAsync(
        new Command { Compaction = new CompactionRequest { Revision = Machine.Store.CurrentRevision } }.ToByteArray(), CancellationToken.None).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        await _upkeep.DisposeAsync().ConfigureAwait(false);
        await Log.DisposeAsync().ConfigureAwait(false);
    }

    private static byte[] Entry(int begin, int end, int keySizeBytes, byte[] value)
    {
        if (end - begin == 1)
        {
            return new Command { Put = Put(begin, keySizeBytes, value) }.ToByteArray();
        }
        var txn = new TxnRequest();
        for (var i = begin; i < end; i++)
        {
            txn.Success.Add(new RequestOp { RequestPut = Put(i, keySizeBytes, value) });
        }
        return new Command { Txn = txn }.ToByteArray();
    }

    private static PutRequest Put(int key, int keySizeBytes, byte[] value) => new()
    {
        Key = ByteString.CopyFromUtf8(key.ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(keySizeBytes, '0')),
        Value = UnsafeByteOperations.UnsafeWrap(value),
    };
}
