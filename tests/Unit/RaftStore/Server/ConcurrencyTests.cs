using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Kube.RaftStore.Tests.Server;

/// <summary>Locks, elections and ranges in parts, through a gRPC client.</summary>
public sealed class ConcurrencyTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _deadline = new(s_patience, TimeProvider.System);
    private StoreHarness _store = null!;
    private GrpcChannel _channel = null!;
    private KV.KVClient _kv = null!;
    private Etcd.V3.Lease.LeaseClient _leases = null!;
    private Etcd.V3.Lock.LockClient _locks = null!;
    private Election.ElectionClient _elections = null!;

    public async Task InitializeAsync()
    {
        _store = await StoreHarness.StartAsync();
        _channel = GrpcChannel.ForAddress(_store.Url.OriginalString, new GrpcChannelOptions { MaxReceiveMessageSize = null });
        _kv = new KV.KVClient(_channel);
        _leases = new Etcd.V3.Lease.LeaseClient(_channel);
        _locks = new Etcd.V3.Lock.LockClient(_channel);
        _elections = new Election.ElectionClient(_channel);
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _store.DisposeAsync();
        _deadline.Dispose();
    }

    [Fact]
    public async Task A_lock_goes_from_one_to_the_next_in_the_order_they_came()
    {
        var (first, second, third) = (await GrantAsync(), await GrantAsync(), await GrantAsync());
        var held = await _locks.LockAsync(new LockRequest { Name = Bytes("l"), Lease = first });
        Assert.Equal($"l/{first:x}", held.Key.ToStringUtf8());
        var waiting = _locks.LockAsync(new LockRequest { Name = Bytes("l"), Lease = second }, cancellationToken: _deadline.Token);
        await PlacesAsync("l/", 2);
        var last = _locks.LockAsync(new LockRequest { Name = Bytes("l"), Lease = third }, cancellationToken: _deadline.Token);
        await PlacesAsync("l/", 3);
        Assert.False(waiting.ResponseAsync.IsCompleted);

        await _locks.UnlockAsync(new UnlockRequest { Key = held.Key });
        Assert.Equal($"l/{second:x}", (await waiting).Key.ToStringUtf8());
        Assert.False(last.ResponseAsync.IsCompleted);
        // The end of a lease is the end of its lock.
        await _leases.LeaseRevokeAsync(new LeaseRevokeRequest { ID = second });
        Assert.Equal($"l/{third:x}", (await last).Key.ToStringUtf8());
    }

    [Fact]
    public async Task Who_stops_waiting_gives_up_his_place_and_who_has_the_lock_has_it_again()
    {
        var (first, second) = (await GrantAsync(), await GrantAsync());
        var held = await _locks.LockAsync(new LockRequest { Name = Bytes("l"), Lease = first });
        Assert.Equal(held.Key, (await _locks.LockAsync(new LockRequest { Name = Bytes("l"), Lease = first })).Key);
        using var stop = new CancellationTokenSource();
        var waiting = _locks.LockAsync(new LockRequest { Name = Bytes("l"), Lease = second }, cancellationToken: stop.Token);
        await PlacesAsync("l/", 2);
        await stop.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(async () => await waiting);
        await PlacesAsync("l/", 1);
    }

    [Fact]
    public async Task A_lock_without_a_lease_gets_one()
    {
        var held = await _locks.LockAsync(new LockRequest { Name = Bytes("l") });
        var lease = Assert.Single((await _leases.LeaseLeasesAsync(new LeaseLeasesRequest())).Leases).ID;
        Assert.Equal($"l/{lease:x}", held.Key.ToStringUtf8());
        var error = await Assert.ThrowsAsync<RpcException>(async () => await _locks.LockAsync(new LockRequest { Name = Bytes("l"), Lease = 4711 }));
        Assert.Equal("etcdserver: requested lease not found", error.Status.Detail);
    }

    [Fact]
    public async Task Candidates_lead_one_after_the_other_and_observers_see_it()
    {
        var none = await Assert.ThrowsAsync<RpcException>(async () => await _elections.LeaderAsync(new LeaderRequest { Name = Bytes("e") }));
        Assert.Equal((StatusCode.Unknown, "election: no leader"), (none.StatusCode, none.Status.Detail));
        var observed = _elections.Observe(new LeaderRequest { Name = Bytes("e") }, cancellationToken: _deadline.Token);
        var (first, second) = (await GrantAsync(), await GrantAsync());

        var one = await _elections.CampaignAsync(new CampaignRequest { Name = Bytes("e"), Lease = first, Value = Bytes("one") });
        Assert.Equal("one", await NextAsync(observed));
        var other = _elections.CampaignAsync(new CampaignRequest { Name = Bytes("e"), Lease = second, Value = Bytes("two") }, cancellationToken: _deadline.Token);
        await PlacesAsync("e/", 2);
        await _elections.ProclaimAsync(new ProclaimRequest { Leader = one.Leader, Value = Bytes("one again") });
        Assert.Equal("one again", await NextAsync(observed));
        Assert.Equal("one again", (await _elections.LeaderAsync(new LeaderRequest { Name = Bytes("e") })).Kv.Value.ToStringUtf8());
        Assert.False(other.ResponseAsync.IsCompleted);

        await _elections.ResignAsync(new ResignRequest { Leader = one.Leader });
        Assert.Equal($"e/{second:x}", (await other).Leader.Key.ToStringUtf8());
        Assert.Equal("two", await NextAsync(observed));
        var late = await Assert.ThrowsAsync<RpcException>(
            async () => await _elections.ProclaimAsync(new ProclaimRequest { Leader = one.Leader, Value = Bytes("x") }));
        Assert.Equal("election: not leader", late.Status.Detail);
        var nameless = await Assert.ThrowsAsync<RpcException>(async () => await _elections.ResignAsync(new ResignRequest()));
        Assert.Equal("\"leader\" field must be provided", nameless.Status.Detail);
    }

    [Fact]
    public async Task A_range_in_parts_merges_into_the_same_answer_whatever_is_written_and_compacted_meanwhile()
    {
        for (var i = 0; i < 2500; i++)
        {
            await _kv.PutAsync(new PutRequest { Key = Bytes($"k{i:D5}"), Value = Bytes(new string('v', 1500)) });
        }
        var request = new RangeRequest { Key = Bytes("k"), RangeEnd = Bytes("l"), Limit = 2400 };
        var whole = await _kv.RangeAsync(request);
        using var call = _kv.RangeStream(request, cancellationToken: _deadline.Token);
        var merged = new RangeResponse();
        var parts = 0;
        while (await call.ResponseStream.MoveNext(_deadline.Token))
        {
            var part = call.ResponseStream.Current.RangeResponse;
            Assert.InRange(part.CalculateSize(), 1, 2 << 20);
            merged.MergeFrom(part);
            if (parts++ == 0)
            {
                Assert.Null(part.Header);
                var deleted = await _kv.DeleteRangeAsync(new DeleteRangeRequest { Key = Bytes("k"), RangeEnd = Bytes("l") });
                await _kv.CompactAsync(new CompactionRequest { Revision = deleted.Header.Revision });
            }
        }
        Assert.InRange(parts, 3, 100);
        Assert.Equal(whole, merged);
        var sorted = _kv.RangeStream(new RangeRequest { Key = Bytes("k"), SortTarget = RangeRequest.Types.SortTarget.Mod });
        var error = await Assert.ThrowsAsync<RpcException>(() => sorted.ResponseStream.MoveNext(_deadline.Token));
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }

    private async Task<long> GrantAsync() => (await _leases.LeaseGrantAsync(new LeaseGrantRequest { TTL = 100 })).ID;

    private Task PlacesAsync(string prefix, int count) => Kube.Testing.Eventually.HoldsAsync(
        async () => (await _kv.RangeAsync(new RangeRequest { Key = Bytes(prefix), RangeEnd = Bytes(prefix[..^1] + "0"), CountOnly = true })).Count == count,
        $"{count} keys under {prefix}");

    private async Task<string> NextAsync(AsyncServerStreamingCall<LeaderResponse> observed)
    {
        Assert.True(await observed.ResponseStream.MoveNext(_deadline.Token));
        return observed.ResponseStream.Current.Kv.Value.ToStringUtf8();
    }

    private static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);
}
