using System.Globalization;
using System.Text;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.Base;

namespace Kube.Conformance.Tests.Store;

/// <summary>
/// What etcdctl cannot ask for, asked of Debian's etcd and of the store by the same gRPC client: the answers are
/// compared field by field.
/// </summary>
public sealed class GrpcSideBySideTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private RealEtcd _etcd = null!;
    private StoreMember _store = null!;
    private GrpcChannel[] _channels = null!;

    public async Task InitializeAsync()
    {
        _etcd = await RealEtcd.StartAsync("--experimental-watch-progress-notify-interval=1s");
        _store = await StoreMember.StartAsync(static options => options with { WatchProgressNotifyInterval = TimeSpan.FromSeconds(1) });
        _channels = [.. new[] { _etcd.Endpoint, _store.Endpoint }.Select(static endpoint => GrpcChannel.ForAddress(
            endpoint, new GrpcChannelOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null }))];
    }

    public async Task DisposeAsync()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }
        await _store.DisposeAsync();
        await _etcd.DisposeAsync();
    }

    [Fact]
    public Task Ranges_with_any_options() => SameAsync(async channel =>
    {
        var kv = new KV.KVClient(channel);
        var random = new Prng(21);
        for (var i = 0; i < 120; i++)
        {
            if (random.Next(5) == 0)
            {
                await kv.DeleteRangeAsync(new DeleteRangeRequest { Key = Key(random), RangeEnd = End(random) });
            }
            else
            {
                await kv.PutAsync(new PutRequest { Key = Key(random), Value = Bytes($"v{random.Next(9)}") });
            }
        }
        await kv.CompactAsync(new CompactionRequest { Revision = 20, Physical = true });
        var answers = new StringBuilder();
        for (var i = 0; i < 400; i++)
        {
            var request = new RangeRequest
            {
                Key = Key(random),
                RangeEnd = End(random),
                Limit = random.Next(3) == 0 ? random.Next(6) : 0,
                Revision = random.Next(3) == 0 ? random.Next(130) : 0,
                SortOrder = (RangeRequest.Types.SortOrder)random.Next(3),
                // Values are not unique, and etcd leaves the order of equal ones to chance.
                SortTarget = (RangeRequest.Types.SortTarget)(random.Next(2) * 3),
                Serializable = random.Next(2) == 0,
                KeysOnly = random.Next(4) == 0,
                CountOnly = random.Next(6) == 0,
                MinModRevision = random.Next(4) == 0 ? random.Next(100) : 0,
                MaxModRevision = random.Next(4) == 0 ? random.Next(100) : 0,
                MinCreateRevision = random.Next(4) == 0 ? random.Next(100) : 0,
                MaxCreateRevision = random.Next(4) == 0 ? random.Next(100) : 0,
            };
            answers.AppendLine(CultureInfo.InvariantCulture, $"{request} -> {await AnswerAsync(async () => await kv.RangeAsync(request))}");
        }
        return answers.ToString();
    });

    [Fact]
    public Task Transactions_in_transactions() => SameAsync(async channel =>
    {
        var kv = new KV.KVClient(channel);
        var random = new Prng(22);
        var answers = new StringBuilder();
        for (var i = 0; i < (Extent.IsFull ? 300 : 100); i++)
        {
            var txn = Txn(random, depth: 0);
            answers.AppendLine(CultureInfo.InvariantCulture, $"{txn} -> {await AnswerAsync(async () => await kv.TxnAsync(txn))}");
        }
        answers.Append(await AnswerAsync(async () => await kv.RangeAsync(new RangeRequest { Key = Bytes("a"), RangeEnd = ByteString.CopyFrom(0) })));
        return answers.ToString();
    });

    [Fact]
    public Task Watches_of_all_kinds() => SameAsync(async channel =>
    {
        var kv = new KV.KVClient(channel);
        foreach (var value in new[] { "1", "2", "3" })
        {
            await kv.PutAsync(new PutRequest { Key = Bytes("a"), Value = Bytes(value) });
        }
        await kv.DeleteRangeAsync(new DeleteRangeRequest { Key = Bytes("a") });
        await kv.CompactAsync(new CompactionRequest { Revision = 3, Physical = true });
        using var deadline = new CancellationTokenSource(s_patience);
        using var watch = new Watch.WatchClient(channel).Watch(cancellationToken: deadline.Token);
        var seen = new StringBuilder();
        // Each is created, and its history is read before the next comes, so that the order is fixed.
        (WatchCreateRequest Request, int Responses)[] watches =
        [
            (new() { Key = Bytes("a"), StartRevision = 3, PrevKv = true }, 2),
            (new() { Key = Bytes("a"), StartRevision = 3, Filters = { WatchCreateRequest.Types.FilterType.Noput } }, 2),
            (new() { Key = Bytes("a"), StartRevision = 3, Filters = { WatchCreateRequest.Types.FilterType.Nodelete }, WatchId = 77 }, 2),
            (new() { Key = Bytes("a"), StartRevision = 2 }, 2),
            (new() { Key = Bytes("a"), WatchId = 77 }, 1),
            (new() { Key = Bytes("b"), RangeEnd = Bytes("a") }, 1),
            (new() { Key = Bytes("a"), StartRevision = 100 }, 1),
        ];
        foreach (var (request, responses) in watches)
        {
            await watch.RequestStream.WriteAsync(new WatchRequest { CreateRequest = request });
            for (var i = 0; i < responses; i++)
            {
                seen.AppendLine(await NextAsync(watch, deadline.Token));
            }
        }
        foreach (var id in new[] { 77, 3 })
        {
            await watch.RequestStream.WriteAsync(new WatchRequest { CancelRequest = new WatchCancelRequest { WatchId = id } });
            seen.AppendLine(await NextAsync(watch, deadline.Token));
        }
        return seen.ToString();
    });

    [Fact]
    public Task Large_revisions_in_fragments() => SameAsync(async channel =>
    {
        var kv = new KV.KVClient(channel);
        for (var i = 0; i < 20; i++)
        {
            await kv.PutAsync(new PutRequest { Key = Bytes($"f{i:D2}"), Value = ByteString.CopyFrom(new byte[300_000]) });
        }
        using var deadline = new CancellationTokenSource(s_patience);
        using var watch = new Watch.WatchClient(channel).Watch(cancellationToken: deadline.Token);
        await watch.RequestStream.WriteAsync(new WatchRequest
        {
            CreateRequest = new WatchCreateRequest { Key = Bytes("f"), RangeEnd = Bytes("g"), PrevKv = true, Fragment = true },
        });
        await NextAsync(watch, deadline.Token);
        await kv.DeleteRangeAsync(new DeleteRangeRequest { Key = Bytes("f"), RangeEnd = Bytes("g") });
        var seen = new StringBuilder();
        do
        {
            await NextAsync(watch, deadline.Token);
            var part = watch.ResponseStream.Current;
            seen.AppendLine(CultureInfo.InvariantCulture,
                $"{part.WatchId} {part.Fragment} {part.Header.Revision} {string.Join(' ', part.Events.Select(static e => $"{e.Kv.Key.ToStringUtf8()}:{e.PrevKv.Value.Length}"))}");
        }
        while (watch.ResponseStream.Current.Fragment);
        return seen.ToString();
    });

    [Fact]
    public Task Progress_asked_for_and_unasked() => SameAsync(async channel =>
    {
        await new KV.KVClient(channel).PutAsync(new PutRequest { Key = Bytes("other") });
        using var deadline = new CancellationTokenSource(s_patience);
        using var watch = new Watch.WatchClient(channel).Watch(cancellationToken: deadline.Token);
        await watch.RequestStream.WriteAsync(new WatchRequest { CreateRequest = new WatchCreateRequest { Key = Bytes("a"), ProgressNotify = true } });
        var created = await NextAsync(watch, deadline.Token);
        // Unasked: after the interval.
        var unasked = await NextAsync(watch, deadline.Token);
        await watch.RequestStream.WriteAsync(new WatchRequest { ProgressRequest = new WatchProgressRequest() });
        string asked;
        do
        {
            asked = await NextAsync(watch, deadline.Token);
        }
        while (watch.ResponseStream.Current.WatchId != -1);
        return $"{created}\n{unasked}\n{asked}";
    });

    [Fact]
    public Task Locks_and_elections() => SameAsync(async channel =>
    {
        var leases = new Etcd.V3.Lease.LeaseClient(channel);
        var locks = new Etcd.V3.Lock.LockClient(channel);
        var elections = new Election.ElectionClient(channel);
        await leases.LeaseGrantAsync(new LeaseGrantRequest { ID = 16, TTL = 100 });
        await leases.LeaseGrantAsync(new LeaseGrantRequest { ID = 17, TTL = 100 });
        var answers = new StringBuilder();
        answers.AppendLine(await AnswerAsync(async () => await locks.LockAsync(new LockRequest { Name = Bytes("l"), Lease = 16 })));
        answers.AppendLine(await AnswerAsync(async () => await locks.LockAsync(new LockRequest { Name = Bytes("l"), Lease = 16 })));
        answers.AppendLine(await AnswerAsync(async () => await locks.LockAsync(new LockRequest { Name = Bytes("l"), Lease = 99 })));
        answers.AppendLine(await AnswerAsync(async () => await locks.UnlockAsync(new UnlockRequest { Key = Bytes("l/10") })));
        answers.AppendLine(await AnswerAsync(async () => await elections.LeaderAsync(new LeaderRequest { Name = Bytes("e") })));
        answers.AppendLine(await AnswerAsync(
            async () => await elections.CampaignAsync(new CampaignRequest { Name = Bytes("e"), Lease = 16, Value = Bytes("one") })));
        answers.AppendLine(await AnswerAsync(
            async () => await elections.CampaignAsync(new CampaignRequest { Name = Bytes("e"), Lease = 16, Value = Bytes("two") })));
        answers.AppendLine(await AnswerAsync(async () => await elections.LeaderAsync(new LeaderRequest { Name = Bytes("e") })));
        var leader = new LeaderKey { Name = Bytes("e"), Key = Bytes("e/10"), Lease = 16, Rev = 4 };
        answers.AppendLine(await AnswerAsync(async () => await elections.ProclaimAsync(new ProclaimRequest { Leader = leader, Value = Bytes("three") })));
        answers.AppendLine(await AnswerAsync(async () => await elections.ProclaimAsync(new ProclaimRequest { Value = Bytes("three") })));
        answers.AppendLine(await AnswerAsync(async () => await elections.ResignAsync(new ResignRequest { Leader = leader })));
        answers.AppendLine(await AnswerAsync(async () => await elections.ProclaimAsync(new ProclaimRequest { Leader = leader, Value = Bytes("four") })));
        // etcd's services go through its client, which loses the codes of errors.
        return answers.ToString().Replace("NotFound: ", "Unknown: ", StringComparison.Ordinal);
    });

    [Fact]
    public Task Requests_that_are_refused() => SameAsync(async channel =>
    {
        var kv = new KV.KVClient(channel);
        var answers = new StringBuilder();
        var many = new TxnRequest();
        for (var i = 0; i < 129; i++)
        {
            many.Success.Add(new RequestOp { RequestPut = new PutRequest { Key = Bytes($"k{i}") } });
        }
        answers.AppendLine(await AnswerAsync(async () => await kv.TxnAsync(many)));
        answers.AppendLine(await AnswerAsync(async () => await kv.TxnAsync(new TxnRequest { Success = { new RequestOp() } })));
        answers.AppendLine(await AnswerAsync(async () => await kv.TxnAsync(new TxnRequest { Compare = { new Compare() } })));
        answers.AppendLine(await AnswerAsync(async () => await kv.PutAsync(new PutRequest { Key = Bytes("a"), Value = ByteString.CopyFrom(new byte[1600 * 1024]) })));
        answers.AppendLine(await AnswerAsync(async () => await kv.DeleteRangeAsync(new DeleteRangeRequest())));
        answers.AppendLine(await AnswerAsync(async () => await kv.CompactAsync(new CompactionRequest { Revision = 99 })));
        answers.AppendLine(await AnswerAsync(async () => await kv.RangeAsync(new RangeRequest { Key = Bytes("a"), Revision = 99 })));
        var leases = new Etcd.V3.Lease.LeaseClient(channel);
        answers.AppendLine(await AnswerAsync(async () => await leases.LeaseGrantAsync(new LeaseGrantRequest { TTL = 9_000_000_001 })));
        answers.AppendLine(await AnswerAsync(async () => await leases.LeaseRevokeAsync(new LeaseRevokeRequest { ID = 5 })));
        answers.AppendLine(await AnswerAsync(async () => await new Maintenance.MaintenanceClient(channel).HashKVAsync(new HashKVRequest { Revision = 99 })));
        return answers.ToString();
    });

    [Fact]
    public Task Messages_that_cannot_be_parsed() => SameAsync(async channel =>
    {
        var random = new Prng(5);
        var bytes = Marshallers.Create(static (byte[] message) => message, static message => message);
        var put = new Method<byte[], byte[]>(MethodType.Unary, "etcdserverpb.KV", "Put", bytes, bytes);
        var codes = new StringBuilder();
        for (var i = 0; i < 50; i++)
        {
            // The first field is cut off.
            var message = new byte[] { 0x0a, (byte)(10 + random.Next(100)), (byte)random.Next(256) };
            var call = channel.CreateCallInvoker().AsyncUnaryCall(put, null, new CallOptions(deadline: DateTime.UtcNow + s_patience), message);
            codes.AppendLine((await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode.ToString());
        }
        return codes.ToString();
    });

    /// <summary>Metrics that both have are of one type, and those that tell what was done tell the same.</summary>
    [Fact]
    public async Task Metrics_of_the_same_name_mean_the_same()
    {
        await SameAsync(async channel =>
        {
            var kv = new KV.KVClient(channel);
            var leases = new Etcd.V3.Lease.LeaseClient(channel);
            for (var i = 0; i < 5; i++)
            {
                await kv.PutAsync(new PutRequest { Key = Bytes($"k{i}"), Value = Bytes("value") });
            }
            await kv.RangeAsync(new RangeRequest { Key = Bytes("k"), RangeEnd = Bytes("l") });
            await kv.DeleteRangeAsync(new DeleteRangeRequest { Key = Bytes("k0"), RangeEnd = Bytes("k2") });
            await kv.TxnAsync(new TxnRequest
            {
                Success = { new RequestOp { RequestPut = new PutRequest { Key = Bytes("t") } }, new RequestOp { RequestRange = new RangeRequest { Key = Bytes("t") } } },
            });
            await kv.CompactAsync(new CompactionRequest { Revision = 4 });
            await leases.LeaseGrantAsync(new LeaseGrantRequest { ID = 7, TTL = 100 });
            await leases.LeaseRevokeAsync(new LeaseRevokeRequest { ID = 7 });
            return "";
        });
        using var client = new HttpClient();
        var theirs = Read(await client.GetStringAsync(_etcd.Endpoint + "/metrics"));
        var ours = Read(await client.GetStringAsync(_store.Endpoint + "/metrics"));
        var shared = theirs.Keys.Intersect(ours.Keys).ToList();
        Assert.InRange(shared.Count, 45, int.MaxValue);
        Assert.All(shared, name => Assert.Equal((name, theirs[name].Type), (name, ours[name].Type)));
        foreach (var name in new[]
        {
            "etcd_mvcc_put_total", "etcd_mvcc_delete_total", "etcd_mvcc_txn_total", "etcd_debugging_mvcc_put_total", "etcd_debugging_mvcc_total_put_size_in_bytes",
            "etcd_debugging_mvcc_current_revision", "etcd_debugging_mvcc_compact_revision", "etcd_debugging_mvcc_watcher_total",
            "etcd_debugging_lease_granted_total", "etcd_debugging_lease_revoked_total", "etcd_server_has_leader", "etcd_server_is_leader",
            "etcd_server_is_learner", "etcd_server_leader_changes_seen_total", "etcd_server_proposals_pending", "etcd_server_proposals_failed_total",
            "etcd_server_quota_backend_bytes",
        })
        {
            Assert.Equal((name, theirs[name].Value), (name, ours[name].Value));
        }
    }

    /// <summary>Type and, where there is one series alone, value of each metric.</summary>
    private static Dictionary<string, (string Type, double? Value)> Read(string text)
    {
        var metrics = new Dictionary<string, (string Type, double? Value)>();
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split(' ');
            if (words is ["#", "TYPE", var name, var type])
            {
                metrics[name] = (type, null);
            }
            else if (words is [var series, var value] && metrics.TryGetValue(series, out var metric))
            {
                metrics[series] = (metric.Type, double.Parse(value, CultureInfo.InvariantCulture));
            }
        }
        return metrics;
    }

    private static TxnRequest Txn(Prng random, int depth)
    {
        var txn = new TxnRequest();
        for (var i = random.Next(3); i > 0; i--)
        {
            var compare = new Compare { Key = Key(random), Result = (Compare.Types.CompareResult)random.Next(4), RangeEnd = random.Next(4) == 0 ? End(random) : ByteString.Empty };
            switch (random.Next(4))
            {
                case 0:
                    (compare.Target, compare.Version) = (Compare.Types.CompareTarget.Version, random.Next(3));
                    break;
                case 1:
                    (compare.Target, compare.CreateRevision) = (Compare.Types.CompareTarget.Create, random.Next(50));
                    break;
                case 2:
                    (compare.Target, compare.ModRevision) = (Compare.Types.CompareTarget.Mod, random.Next(50));
                    break;
                default:
                    (compare.Target, compare.Value) = (Compare.Types.CompareTarget.Value, Bytes($"v{random.Next(4)}"));
                    break;
            }
            txn.Compare.Add(compare);
        }
        foreach (var branch in new[] { txn.Success, txn.Failure })
        {
            for (var i = random.Next(4); i > 0; i--)
            {
                branch.Add(Op(random, depth));
            }
        }
        return txn;
    }

    private static RequestOp Op(Prng random, int depth) => random.Next(depth < 2 ? 5 : 4) switch
    {
        0 => new RequestOp { RequestRange = new RangeRequest { Key = Key(random), RangeEnd = End(random) } },
        1 => new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = Key(random), PrevKv = true } },
        2 or 3 => new RequestOp { RequestPut = new PutRequest { Key = Key(random), Value = Bytes($"v{random.Next(4)}"), PrevKv = random.Next(2) == 0 } },
        _ => new RequestOp { RequestTxn = Txn(random, depth + 1) },
    };

    private static ByteString Key(Prng random) => Bytes($"k{random.Next(12):D2}");

    private static ByteString End(Prng random) => random.Next(4) switch
    {
        0 => ByteString.Empty,
        1 => ByteString.CopyFrom(0),
        _ => Key(random),
    };

    private async Task SameAsync(Func<GrpcChannel, Task<string>> script)
    {
        var theirs = (await script(_channels[0])).Split('\n');
        var ours = (await script(_channels[1])).Split('\n');
        Assert.Equal(theirs.Length, ours.Length);
        for (var i = 0; i < theirs.Length; i++)
        {
            Assert.Equal(theirs[i], ours[i]);
        }
    }

    private static async Task<string> AnswerAsync<T>(Func<Task<T>> call)
        where T : IMessage
    {
        try
        {
            return Text(await call());
        }
        catch (RpcException e)
        {
            return $"{e.StatusCode}: {e.Status.Detail}";
        }
    }

    private static async Task<string> NextAsync(AsyncDuplexStreamingCall<WatchRequest, WatchResponse> watch, CancellationToken cancellationToken)
    {
        Assert.True(await watch.ResponseStream.MoveNext(cancellationToken));
        return Text(watch.ResponseStream.Current);
    }

    /// <summary>The message without what must differ.</summary>
    private static string Text(IMessage message)
    {
        if (message.Descriptor.FindFieldByName("header")?.Accessor.GetValue(message) is ResponseHeader header)
        {
            (header.ClusterId, header.MemberId, header.RaftTerm) = (0, 0, 0);
        }
        return message.ToString()!;
    }

    private static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);
}
