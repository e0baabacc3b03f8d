using System.Net.Sockets;
using System.Text;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Host;
using Kube.RaftStore.Server;
using Kube.Testing;

namespace Kube.RaftStore.Tests.Server;

/// <summary>KV and Lease services through a gRPC client: what etcdctl alone cannot ask for.</summary>
public sealed class ServiceTests : IAsyncLifetime
{
    private StoreHarness _store = null!;
    private GrpcChannel _channel = null!;
    private KV.KVClient _kv = null!;

    public async Task InitializeAsync()
    {
        _store = await StoreHarness.StartAsync(configure: static options => options with { QuotaBytes = 4 << 20 });
        _channel = GrpcChannel.ForAddress(_store.Url.OriginalString);
        _kv = new KV.KVClient(_channel);
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Bad_requests_get_etcds_codes_and_texts()
    {
        await RefusedAsync(StatusCode.InvalidArgument, "etcdserver: key is not provided", () => _kv.PutAsync(new PutRequest()));
        await RefusedAsync(StatusCode.InvalidArgument, "etcdserver: value is provided",
            () => _kv.PutAsync(new PutRequest { Key = Bytes("a"), IgnoreValue = true, Value = Bytes("x") }));
        await RefusedAsync(StatusCode.InvalidArgument, "etcdserver: lease is provided",
            () => _kv.PutAsync(new PutRequest { Key = Bytes("a"), IgnoreLease = true, Lease = 1 }));
        var txn = new TxnRequest();
        for (var i = 0; i < 129; i++)
        {
            txn.Success.Add(new RequestOp { RequestRange = new RangeRequest { Key = Bytes("a") } });
        }
        await RefusedAsync(StatusCode.InvalidArgument, "etcdserver: too many operations in txn request", () => _kv.TxnAsync(txn));
        await RefusedAsync(StatusCode.InvalidArgument, "etcdserver: request is too large",
            () => _kv.PutAsync(new PutRequest { Key = Bytes("a"), Value = ByteString.CopyFrom(new byte[1536 * 1024]) }));
        await RefusedAsync(StatusCode.InvalidArgument, "etcdserver: key not found", () => _kv.TxnAsync(new TxnRequest { Success = { new RequestOp() } }));
        await RefusedAsync(StatusCode.OutOfRange, "etcdserver: too large lease TTL",
            () => new Etcd.V3.Lease.LeaseClient(_channel).LeaseGrantAsync(new LeaseGrantRequest { TTL = 9_000_000_001 }));
    }

    /// <summary>Answers above 64 KiB are not built but sent key by key: they must be the same bytes.</summary>
    [Fact]
    public async Task Large_answers_are_whole()
    {
        for (var i = 0; i < 60; i++)
        {
            await _kv.PutAsync(new PutRequest { Key = Bytes($"k{i:D2}"), Value = ByteString.CopyFrom(Enumerable.Repeat((byte)i, i * 400).ToArray()) });
        }
        var second = (await _kv.PutAsync(new PutRequest { Key = Bytes("k07"), Value = Bytes("new") })).Header.Revision;
        RangeRequest[] requests =
        [
            new() { Key = Bytes("k"), RangeEnd = Bytes("l") },
            new() { Key = Bytes("k"), RangeEnd = Bytes("l"), Limit = 50, SortOrder = RangeRequest.Types.SortOrder.Descend },
            new() { Key = Bytes("k"), RangeEnd = Bytes("l"), Revision = second - 1, Serializable = true },
        ];
        foreach (var request in requests)
        {
            var answer = await _kv.RangeAsync(request);
            Assert.InRange(answer.CalculateSize(), 256 * 1024, int.MaxValue);
            var expected = RangeMapping.ToResponse(_store.Machine.Store.Range(RangeMapping.ToQuery(request)), false, _store.Machine.Store.Values);
            expected.Header = answer.Header;
            Assert.Equal(expected, answer);
            Assert.Equal(_store.Services.Server.NewHeader(), answer.Header);
        }
        var keys = await _kv.RangeAsync(new RangeRequest { Key = Bytes("k"), RangeEnd = Bytes("l"), KeysOnly = true });
        Assert.All(keys.Kvs, static kv => Assert.True(kv.Value.IsEmpty));
    }

    [Theory]
    [InlineData("")]
    [InlineData("PRI * HT")]
    public async Task A_connection_that_does_not_say_what_it_wants_is_let_go(string beginning)
    {
        var time = new ManualTimeProvider();
        await using var store = await StoreHarness.StartAsync(time: time);
        using var client = new TcpClient();
        await client.ConnectAsync(store.Url.Host, store.Url.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning));
        var end = client.GetStream().ReadAsync(new byte[1]).AsTask();
        await Eventually.HoldsAsync(
            () =>
            {
                time.Advance(PlainProtocols.FirstBytesLimit);
                return end.IsCompleted;
            },
            "the connection ends");
        // In order or by a reset.
        Assert.True(end.IsFaulted || await end == 0);
    }

    [Theory]
    [InlineData(ReplicationFailure.LeaderChanged, StatusCode.Unavailable, "etcdserver: leader changed")]
    [InlineData(ReplicationFailure.Timeout, StatusCode.Unavailable, "etcdserver: request timed out")]
    [InlineData(ReplicationFailure.TooManyRequests, StatusCode.ResourceExhausted, "etcdserver: too many requests")]
    [InlineData(ReplicationFailure.NoSpace, StatusCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded")]
    [InlineData(ReplicationFailure.Stopped, StatusCode.Unavailable, "etcdserver: server stopped")]
    public async Task What_fails_in_the_log_is_said_in_etcds_words(ReplicationFailure failure, StatusCode code, string text)
    {
        _store.Log.Failure = failure;
        await RefusedAsync(code, text, () => _kv.PutAsync(new PutRequest { Key = Bytes("a") }));
        await RefusedAsync(code, text, () => _kv.RangeAsync(new RangeRequest { Key = Bytes("a") }));
        await _kv.RangeAsync(new RangeRequest { Key = Bytes("a"), Serializable = true });
    }

    [Theory]
    [InlineData("kept", StatusCode.Unavailable, "etcdserver: request timed out")]
    [InlineData("changed", StatusCode.Unavailable, "etcdserver: request timed out, possibly due to previous leader failure")]
    [InlineData("none", StatusCode.DeadlineExceeded, "context deadline exceeded")]
    public async Task A_proposal_that_is_not_committed_before_the_calls_deadline_gets_etcds_answer(string leader, StatusCode code, string text)
    {
        var time = new ManualTimeProvider();
        await using var store = await StoreHarness.StartAsync(time: time);
        time.Advance(TimeSpan.FromMinutes(1));
        using var channel = GrpcChannel.ForAddress(store.Url.OriginalString);
        if (leader == "none")
        {
            store.Log.SetLeader(0);
        }
        var entered = store.Log.Stall();
        // The client's own clock is far from the deadline: the answer is the server's.
        var put = new KV.KVClient(channel).PutAsync(new PutRequest { Key = Bytes("a") }, deadline: DateTime.UtcNow.AddHours(1)).ResponseAsync;
        await entered;
        time.Advance(TimeSpan.FromSeconds(1));
        if (leader == "changed")
        {
            store.Log.SetLeader(77);
        }
        time.Advance(TimeSpan.FromHours(1));
        var error = await Assert.ThrowsAsync<RpcException>(() => put);
        Assert.Equal((code, text), (error.StatusCode, error.Status.Detail));
    }

    [Fact]
    public async Task A_client_that_requires_a_leader_is_refused_without_one()
    {
        _store.Log.SetLeader(0);
        var headers = new Metadata { { "hasleader", "true" } };
        await RefusedAsync(StatusCode.Unavailable, "etcdserver: no leader",
            () => _kv.RangeAsync(new RangeRequest { Key = Bytes("a"), Serializable = true }, headers));
    }

    [Fact]
    public async Task The_quota_raises_the_alarm_and_compaction_with_disarming_makes_room()
    {
        var value = ByteString.CopyFrom(new byte[500_000]);
        var put = new PutRequest { Key = Bytes("a"), Value = value };
        for (var i = 0; i < 8; i++)
        {
            await _kv.PutAsync(put);
        }
        await RefusedAsync(StatusCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded", () => _kv.PutAsync(put));
        var maintenance = new Maintenance.MaintenanceClient(_channel);
        var alarms = await maintenance.AlarmAsync(new AlarmRequest());
        Assert.Equal(AlarmType.Nospace, Assert.Single(alarms.Alarms).Alarm);
        await _kv.CompactAsync(new CompactionRequest { Revision = alarms.Header.Revision, Physical = true });
        await maintenance.AlarmAsync(new AlarmRequest
        {
            Action = AlarmRequest.Types.AlarmAction.Deactivate,
            Alarm = AlarmType.Nospace,
            MemberID = alarms.Alarms[0].MemberID,
        });
        await _kv.PutAsync(put);
    }

    [Fact]
    public async Task Renewals_of_one_stream_are_answered_in_order()
    {
        var leases = new Etcd.V3.Lease.LeaseClient(_channel);
        var granted = new List<long>();
        for (var i = 0; i < 20; i++)
        {
            granted.Add((await leases.LeaseGrantAsync(new LeaseGrantRequest { TTL = 30 + i })).ID);
        }
        using var stream = leases.LeaseKeepAlive();
        foreach (var id in granted.Append(424242))
        {
            await stream.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = id });
        }
        await stream.RequestStream.CompleteAsync();
        var answers = new List<(long, long)>();
        while (await stream.ResponseStream.MoveNext(default))
        {
            answers.Add((stream.ResponseStream.Current.ID, stream.ResponseStream.Current.TTL));
        }
        Assert.Equal([.. granted.Select(static (id, i) => (id, 30L + i)), (424242L, 0L)], answers);
        Assert.Equal(granted.Order(), (await leases.LeaseLeasesAsync(new LeaseLeasesRequest())).Leases.Select(static l => l.ID).Order());
    }

    private static async Task RefusedAsync<T>(StatusCode code, string text, Func<AsyncUnaryCall<T>> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () => await call());
        Assert.Equal((code, text), (error.StatusCode, error.Status.Detail));
    }

    private static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);
}
