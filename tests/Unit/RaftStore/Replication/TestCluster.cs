using System.Text;
using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Server.Replication;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Storage.Memory;
using Kube.RaftStore.Transport;
using Kube.RaftStore.Transport.Memory;
using Kube.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.RaftStore.Tests.Replication;

/// <summary>Members of one cluster in this process, on real time with short ticks.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly ulong[] _ids;
    private readonly Func<ReplicatedLogOptions, ReplicatedLogOptions> _adjust;
    private readonly Func<ulong, ILogStorage>? _open;

    public TestCluster(int size, Func<ReplicatedLogOptions, ReplicatedLogOptions>? adjust = null, Func<ulong, ILogStorage>? open = null)
    {
        _ids = [.. Enumerable.Range(1, size).Select(i => (ulong)i)];
        _adjust = adjust ?? (o => o);
        _open = open;
    }

    public InMemoryNetwork Network { get; } = new();

    public Dictionary<ulong, ReplicatedLog> Logs { get; } = [];

    public Dictionary<ulong, ListMachine> Machines { get; } = [];

    public Dictionary<ulong, InMemoryLogStorage> Storages { get; } = [];

    public ReplicatedLog Leader => Logs.Values.Where(l => l.Status.IsLeader).MaxBy(l => l.Status.Term)!;

    public async Task StartAllAsync()
    {
        foreach (var id in _ids)
        {
            await StartAsync(id);
        }

        await WaitForLeaderAsync();
    }

    public Task StartAsync(ulong id) => StartAsync(id, new ConfState(_ids));

    public async Task StartAsync(ulong id, ConfState bootstrap)
    {
        ILogStorage storage;
        if (_open is not null)
        {
            storage = _open(id);
        }
        else if (Storages.TryGetValue(id, out var kept))
        {
            storage = kept;
        }
        else
        {
            storage = Storages[id] = new InMemoryLogStorage(bootstrap);
        }

        var options = _adjust(new ReplicatedLogOptions
        {
            MemberId = id,
            Peers = [.. _ids.Append(id).Distinct().Select(i => new RaftPeer(i, []))],
            HeartbeatInterval = TimeSpan.FromMilliseconds(20),
            ElectionTimeout = TimeSpan.FromMilliseconds(200),
            RequestTimeout = TimeSpan.FromSeconds(10),
        });
        Machines[id] = new ListMachine();
        Logs[id] = await ReplicatedLog.StartAsync(
            options, storage, Network.Join(id), Machines[id], TimeProvider.System, new Prng(id * 7919), NullLogger.Instance);
    }

    /// <summary>Ends a member as a power cut does: what was not synced is gone.</summary>
    public async Task CrashAsync(ulong id)
    {
        await Logs[id].DisposeAsync();
        Logs.Remove(id);
        if (Storages.TryGetValue(id, out var storage))
        {
            storage.Crash();
        }
    }

    public Task WaitForLeaderAsync() => Until(() => Leader is not null && Logs.Values.All(l => l.Status.LeaderId == Leader.Status.MemberId), "a leader that all know");

    public async Task<object?> ProposeAsync(ulong id, string command) =>
        await Logs[id].ProposeAsync(Encoding.UTF8.GetBytes(command), CancellationToken.None).AsTask().WaitAsync(Bound);

    public static Task Until(Func<bool> condition, string what) => Eventually.HoldsAsync(condition, what, Bound);

    public async ValueTask DisposeAsync()
    {
        foreach (var log in Logs.Values)
        {
            await log.DisposeAsync();
        }
    }
}
