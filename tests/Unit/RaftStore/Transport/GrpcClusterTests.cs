using System.Net;
using System.Text;
using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Server.Replication;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Tests.Replication;
using Kube.RaftStore.Transport;
using Kube.RaftStore.Transport.Grpc;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.RaftStore.Tests.Transport;

/// <summary>Three members as in production: FasterLog on disk, gRPC over mutual TLS on loopback.</summary>
public sealed class GrpcClusterTests : IAsyncLifetime
{
    private readonly TestCertificates _certificates = new();
    private readonly string _root = Directory.CreateTempSubdirectory("kube-cluster-").FullName;
    private readonly Dictionary<ulong, Member> _members = [];
    private readonly Dictionary<ulong, int> _ports = [];
    private ulong _seed = 1;

    public async Task InitializeAsync()
    {
        foreach (var id in new ulong[] { 1, 2, 3 })
        {
            await OpenAsync(id);
        }

        foreach (var id in new ulong[] { 1, 2, 3 })
        {
            await RunAsync(id);
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var id in _members.Keys.ToArray())
        {
            await StopAsync(id);
        }

        _certificates.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Elects_replicates_fails_over_recovers_and_catches_up()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => ProposeAsync((ulong)(i % 3) + 1, $"a{i}")));
        var leader = _members.Values.Single(m => m.Log!.Status.IsLeader).Id;
        var others = _members.Keys.Where(k => k != leader).ToArray();
        await StopAsync(leader);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => ProposeAsync(others[i % 2], $"b{i}")));
        await OpenAsync(leader);
        await RunAsync(leader);
        await ProposeAsync(leader, "c");
        await TestCluster.Until(() => _members.Values.All(m => m.Machine.Commands.Count == 401), "all members to agree");
        Assert.Equal(_members[1].Machine.Commands, _members[2].Machine.Commands);
        Assert.Equal(_members[1].Machine.Commands, _members[3].Machine.Commands);
        Assert.Equal(401, _members[1].Machine.Commands.Distinct().Count());

        foreach (var id in new ulong[] { 1, 2, 3 })
        {
            await StopAsync(id);
        }

        await InitializeAsync();
        await ProposeAsync(1, "d");
        await TestCluster.Until(() => _members.Values.All(m => m.Machine.Commands.Count == 402), "all members to recover");
        await _members[2].Log!.ReadIndexAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Snapshot_reaches_a_member_that_was_away()
    {
        await ProposeAsync(1, "first");
        await StopAsync(3);
        for (var i = 0; i < 20; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(j => ProposeAsync(1, $"{i}-{j}")));
        }

        await OpenAsync(3);
        await RunAsync(3);
        await TestCluster.Until(() => _members[3].Machine.Commands.Count == 1001, "the member to catch up");
        Assert.Equal(_members[1].Machine.Commands, _members[3].Machine.Commands);
        Assert.True(_members[3].Storage.LatestSnapshot.Index > 500);
    }

    private async Task ProposeAsync(ulong id, string command) =>
        await _members[id].Log!.ProposeAsync(Encoding.UTF8.GetBytes(command), CancellationToken.None).AsTask().WaitAsync(TestCluster.Bound);

    private async Task OpenAsync(ulong id)
    {
        var tls = _certificates.Tls($"store-{id}");
        var transport = new GrpcRaftTransport(
            new GrpcTransportOptions { ClusterId = 77, MemberId = id, Tls = tls }, TimeProvider.System, NullLogger.Instance);
        var listener = await PeerListener.StartAsync(
            new IPEndPoint(IPAddress.Loopback, _ports.GetValueOrDefault(id)), tls, transport, NullLoggerFactory.Instance, CancellationToken.None);
        _ports[id] = listener.Port;
        var storage = FasterLogStorage.Open(new FasterLogStorageOptions
        {
            Directory = Path.Combine(_root, $"{id}"),
            Identity = new DataIdentity(77, id),
            Bootstrap = new ConfState([1, 2, 3]),
            Geometry = new Kube.RaftStore.Storage.Records.LogGeometry(PageBits: 16, SegmentBits: 18),
        });
        _members[id] = new Member(id, transport, listener, storage);
    }

    private async Task RunAsync(ulong id)
    {
        var member = _members[id];
        member.Log = await ReplicatedLog.StartAsync(
            new ReplicatedLogOptions
            {
                MemberId = id,
                Peers = [.. _ports.Select(p => new RaftPeer(p.Key, [new Uri($"https://127.0.0.1:{p.Value}")]))],
                HeartbeatInterval = TimeSpan.FromMilliseconds(50),
                ElectionTimeout = TimeSpan.FromMilliseconds(500),
                SnapshotCount = 200,
                SnapshotCatchUpEntries = 50,
            },
            member.Storage, member.Transport, member.Machine, TimeProvider.System, new Prng(_seed++), NullLogger.Instance);
    }

    private async Task StopAsync(ulong id)
    {
        if (_members.Remove(id, out var member))
        {
            if (member.Log is not null)
            {
                await member.Log.DisposeAsync();
            }

            await member.Listener.DisposeAsync();
        }
    }

    private sealed record Member(ulong Id, GrpcRaftTransport Transport, PeerListener Listener, FasterLogStorage Storage)
    {
        public ListMachine Machine { get; } = new();

        public ReplicatedLog? Log { get; set; }
    }
}
