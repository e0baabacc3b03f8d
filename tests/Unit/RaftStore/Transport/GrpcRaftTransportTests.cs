using System.Net;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Tests.Replication;
using Kube.RaftStore.Transport;
using Kube.RaftStore.Transport.Grpc;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.RaftStore.Tests.Transport;

public sealed class GrpcRaftTransportTests : IAsyncLifetime
{
    private readonly TestCertificates _certificates = new();
    private readonly List<Member> _members = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var member in _members)
        {
            await member.DisposeAsync();
        }

        _certificates.Dispose();
    }

    [Fact]
    public async Task Messages_arrive_whole_and_in_order()
    {
        var (one, two) = await PairAsync();
        await TestCluster.Until(() => one.Handler.ConnectedPeers.Contains(2UL), "a connection");
        var data = Enumerable.Range(0, 100).Select(i => (byte)i).ToArray();
        for (ulong i = 1; i <= 500; i++)
        {
            one.Transport.Send([new Message
            {
                Type = MessageType.Append, From = 1, To = 2, Term = 3, LogTerm = 2, Index = i, Commit = i - 1,
                Entries = [new Entry(3, i + 1, EntryType.Normal, new ProposalId(9, i), data)],
            }]);
        }

        await TestCluster.Until(() => two.Handler.Received.Count == 500, "500 messages");
        var received = two.Handler.Received.ToArray();
        Assert.Equal(Enumerable.Range(1, 500).Select(i => (ulong)i), received.Select(m => m.Index));
        Assert.All(received, m => Assert.Equal(data, m.Entries[0].Data.ToArray()));
        Assert.Equal(new ProposalId(9, 500), received[^1].Entries[0].Proposal);
    }

    [Fact]
    public async Task What_is_sent_before_the_connection_stands_arrives()
    {
        var (one, two) = await PairAsync();
        one.Transport.Send([Heartbeat(1, 2)]);
        await TestCluster.Until(() => two.Handler.Received.Count == 1, "the message");
    }

    [Fact]
    public async Task A_member_that_is_not_known_says_where_it_can_be_answered()
    {
        var one = await StartAsync(1, _certificates.Tls("one"));
        var two = await StartAsync(2, _certificates.Tls("two"));
        two.Transport.SetMembers(new Directory(new KnownMember(1, "one", [], false), new KnownMember(2, "two", [two.Address.ToString()], false)));
        two.Transport.SetPeers([new RaftPeer(1, [one.Address])]);
        await TestCluster.Until(() => one.Handler.ConnectedPeers.Contains(2UL), "a way back");
        one.Transport.Send([Heartbeat(1, 2)]);
        await TestCluster.Until(() => two.Handler.Received.Count == 1, "the message");
        // What the log says of the others leaves it alone.
        one.Transport.SetPeers([new RaftPeer(3, [new Uri("https://127.0.0.1:1")])]);
        one.Transport.Send([Heartbeat(1, 2)]);
        await TestCluster.Until(() => two.Handler.Received.Count == 2, "another message");
    }

    [Fact]
    public async Task Every_field_survives_the_wire()
    {
        var (one, two) = await PairAsync();
        await TestCluster.Until(() => one.Handler.ConnectedPeers.Contains(2UL), "a connection");
        one.Transport.Send([new Message
        {
            Type = MessageType.AppendResponse, From = 1, To = 2, Term = ulong.MaxValue, LogTerm = 5, Index = 6, Commit = 7,
            Reject = true, RejectHint = 8, Context = 9, LeaderTransfer = true,
        }]);
        await TestCluster.Until(() => two.Handler.Received.Count == 1, "the message");
        Assert.True(two.Handler.Received.TryDequeue(out var m));
        Assert.Equal(
            (MessageType.AppendResponse, 1UL, 2UL, ulong.MaxValue, 5UL, 6UL, 7UL, true, 8UL, 9UL, true),
            (m.Type, m.From, m.To, m.Term, m.LogTerm, m.Index, m.Commit, m.Reject, m.RejectHint, m.Context, m.LeaderTransfer));
    }

    [Fact]
    public async Task Connection_comes_back_and_the_end_of_a_process_is_seen()
    {
        var (one, two) = await PairAsync();
        await TestCluster.Until(() => one.Handler.ConnectedPeers.Contains(2UL), "a connection");
        await two.DisposeAsync();
        _members.Remove(two);
        await TestCluster.Until(() => one.Handler.Lost.Contains((2UL, true)), "the end to be noticed");
        var again = await StartAsync(2, _certificates.Tls("two"), port: two.Port);
        again.Transport.SetPeers([new RaftPeer(1, [one.Address])]);
        await TestCluster.Until(
            () =>
            {
                one.Transport.Send([Heartbeat(1, 2)]);
                return !again.Handler.Received.IsEmpty;
            },
            "a message over a new connection");
    }

    [Fact]
    public async Task Stranger_is_not_let_in()
    {
        using var others = new TestCertificates();
        var one = await StartAsync(1, _certificates.Tls("one"));
        var stranger = await StartAsync(2, others.Tls("two"));
        stranger.Transport.SetPeers([new RaftPeer(1, [one.Address])]);
        one.Transport.SetPeers([new RaftPeer(2, [stranger.Address])]);
        await ExpectNothing(stranger, one);
        await ExpectNothing(one, stranger);
    }

    [Fact]
    public async Task Name_that_is_not_a_members_is_not_let_in()
    {
        var one = await StartAsync(1, _certificates.Tls("one", c => c.Subject != "CN=scheduler"));
        var scheduler = await StartAsync(2, _certificates.Tls("scheduler"));
        scheduler.Transport.SetPeers([new RaftPeer(1, [one.Address])]);
        await ExpectNothing(scheduler, one);
    }

    [Theory]
    [InlineData(78UL, 2UL)]
    [InlineData(77UL, 3UL)]
    public async Task Another_cluster_or_member_at_the_address_gets_nothing(ulong cluster, ulong member)
    {
        var one = await StartAsync(1, _certificates.Tls("one"));
        var other = await StartAsync(member, _certificates.Tls("other"), cluster);
        one.Transport.SetPeers([new RaftPeer(2, [other.Address])]);
        await ExpectNothing(one, other);
    }

    [Fact]
    public async Task Snapshot_goes_on_where_it_broke_off()
    {
        var (one, two) = await PairAsync();
        var bytes = new byte[3_000_000];
        var prng = new Kube.Base.Prng(3);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)prng.NextUInt64();
        }

        one.Handler.SnapshotBytes = bytes;
        two.Handler.BreakAfterBytes = 1_500_000;
        var message = new Message
        {
            Type = MessageType.Snapshot,
            From = 1,
            To = 2,
            Term = 4,
            Snapshot = new SnapshotMetadata(100, 4, new ConfState([1, 2], [3], [1], [5], autoLeave: true)),
        };
        one.Transport.Send([message]);
        await TestCluster.Until(() => one.Handler.Snapshots.Contains((2UL, false)), "the break");
        Assert.InRange(two.Handler.ReceivedSnapshot.Length, 1, 1_500_000);
        one.Transport.Send([message]);
        await TestCluster.Until(() => one.Handler.Snapshots.Contains((2UL, true)), "the rest");
        Assert.Equal(bytes, two.Handler.ReceivedSnapshot.ToArray());
        Assert.Equal(message.Snapshot, Assert.Single(two.Handler.Received).Snapshot);
    }

    [Fact]
    public async Task Messages_to_nobody_are_reported_or_dropped_but_never_wait()
    {
        var one = await StartAsync(1, _certificates.Tls("one"));
        one.Transport.SetPeers([new RaftPeer(2, [new Uri("https://127.0.0.1:1")])]);
        for (var i = 0; i < 10_000; i++)
        {
            one.Transport.Send([Heartbeat(1, 2), Heartbeat(1, 9)]);
        }

        await TestCluster.Until(() => one.Handler.Lost.Any(l => l.Peer == 2), "the loss to be reported");
        one.Transport.Send([new Message { Type = MessageType.Snapshot, From = 1, To = 9, Term = 1, Snapshot = new SnapshotMetadata(5, 1, ConfState.Empty) }]);
        Assert.Contains((9UL, false), one.Handler.Snapshots);
    }

    private static Message Heartbeat(ulong from, ulong to) => new() { Type = MessageType.Heartbeat, From = from, To = to, Term = 1 };

    private static async Task ExpectNothing(Member from, Member to)
    {
        // A few attempts' worth of time, on the clock that the attempts themselves run on.
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        var over = new TaskCompletionSource();
        await using var registration = limit.Token.Register(() => over.SetResult());
        from.Transport.Send([Heartbeat(from.Id, 2)]);
        await over.Task;
        Assert.Empty(from.Handler.ConnectedPeers);
        Assert.Empty(to.Handler.Received);
    }

    private async Task<(Member One, Member Two)> PairAsync()
    {
        var one = await StartAsync(1, _certificates.Tls("one"));
        var two = await StartAsync(2, _certificates.Tls("two"));
        one.Transport.SetPeers([new RaftPeer(2, [two.Address])]);
        two.Transport.SetPeers([new RaftPeer(1, [one.Address])]);
        return (one, two);
    }

    private async Task<Member> StartAsync(ulong id, PeerTls tls, ulong cluster = 77, int port = 0)
    {
        var transport = new GrpcRaftTransport(
            new GrpcTransportOptions { ClusterId = cluster, MemberId = id, Tls = tls }, TimeProvider.System, NullLogger.Instance);
        var listener = await PeerListener.StartAsync(
            new IPEndPoint(IPAddress.Loopback, port), tls, transport, NullLoggerFactory.Instance, CancellationToken.None);
        var member = new Member(id, transport, listener);
        transport.Start(member.Handler);
        _members.Add(member);
        return member;
    }

    private sealed class Directory(params KnownMember[] members) : IMemberDirectory
    {
        public IReadOnlyList<KnownMember> Members => members;

        public bool IsRemoved(ulong member) => false;

        public void OnRemoved() => throw new InvalidOperationException("nobody was removed");
    }

    private sealed class Member(ulong id, GrpcRaftTransport transport, PeerListener listener) : IAsyncDisposable
    {
        public ulong Id => id;

        public GrpcRaftTransport Transport => transport;

        public RecordingHandler Handler { get; } = new();

        public int Port { get; } = listener.Port;

        public Uri Address => new($"https://127.0.0.1:{Port}");

        public async ValueTask DisposeAsync()
        {
            await transport.DisposeAsync();
            await listener.DisposeAsync();
        }
    }
}
