using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.Testing;

namespace Kube.RaftStore.Tests.Server;

/// <summary>The watch service through a gRPC client.</summary>
public sealed class WatchTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _deadline = new(s_patience, TimeProvider.System);
    private StoreHarness _store = null!;
    private GrpcChannel _channel = null!;
    private KV.KVClient _kv = null!;

    public async Task InitializeAsync()
    {
        _store = await StoreHarness.StartAsync();
        _channel = GrpcChannel.ForAddress(_store.Url.OriginalString, new GrpcChannelOptions { MaxReceiveMessageSize = null });
        _kv = new KV.KVClient(_channel);
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _store.DisposeAsync();
        _deadline.Dispose();
    }

    [Fact]
    public async Task History_is_replayed_and_goes_over_into_what_happens_without_gap_or_repeat()
    {
        for (var i = 0; i < 3000; i++)
        {
            Put($"k{i % 7}", $"{i}");
        }
        using var watch = await OpenAsync(new WatchCreateRequest { Key = Bytes("k"), RangeEnd = Bytes("l"), StartRevision = 2 });
        var writing = Task.Run(() =>
        {
            for (var i = 3000; i < 6000; i++)
            {
                Put($"k{i % 7}", $"{i}");
            }
        });
        var expected = 0;
        while (expected < 6000)
        {
            foreach (var change in (await NextAsync(watch)).Events)
            {
                Assert.Equal($"{expected}", change.Kv.Value.ToStringUtf8());
                Assert.Equal(expected + 2, change.Kv.ModRevision);
                expected++;
            }
        }
        await writing;
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_no_queue_beyond_its_bound_and_misses_nothing()
    {
        using var watch = await OpenAsync(new WatchCreateRequest { Key = Bytes("k") });
        var value = new string('x', 2000);
        const int count = 30_000;
        for (var i = 0; i < count; i++)
        {
            Put("k", value);
        }
        Put("other", "still served");
        var next = 2L;
        while (next < count + 2)
        {
            foreach (var change in (await NextAsync(watch)).Events)
            {
                Assert.Equal(next++, change.Kv.ModRevision);
            }
        }
    }

    /// <summary>Values of a few events are many bytes: what waits for a client is bounded by these too.</summary>
    [Fact]
    public async Task A_client_that_does_not_read_large_values_holds_few_of_them_and_misses_nothing()
    {
        using var watch = await OpenAsync(new WatchCreateRequest { Key = Bytes("k") });
        var value = new string('x', 1 << 20);
        const int count = 40;
        for (var i = 0; i < count; i++)
        {
            Put("k", value);
        }
        // Behind, so it has nothing queued but its place in history.
        await Eventually.HoldsAsync(() => _store.Services.Watches.LaggingCount == 1, "the watch has fallen behind");
        for (var next = 2; next < count + 2;)
        {
            foreach (var change in (await NextAsync(watch)).Events)
            {
                Assert.Equal(next++, change.Kv.ModRevision);
                Assert.Equal(value.Length, change.Kv.Value.Length);
            }
        }
    }

    [Fact]
    public async Task Ten_thousand_watches_and_a_thousand_on_one_key()
    {
        const int streams = 10;
        var calls = new List<AsyncDuplexStreamingCall<WatchRequest, WatchResponse>>();
        for (var i = 0; i < streams; i++)
        {
            var call = new Watch.WatchClient(_channel).Watch(cancellationToken: _deadline.Token);
            calls.Add(call);
            var creating = Task.Run(async () =>
            {
                for (var j = 0; j < 1100; j++)
                {
                    await CreateAsync(call, new WatchCreateRequest { Key = Bytes(j < 1000 ? $"k{i}/{j}" : "hot") });
                }
            });
            for (var j = 0; j < 1100; j++)
            {
                Assert.True((await NextAsync(call)).Created);
            }
            await creating;
        }
        Assert.Equal((11_000, 0, streams), (_store.Services.Watches.WatcherCount, _store.Services.Watches.LaggingCount, _store.Services.Watches.StreamCount));
        for (var i = 0; i < streams; i++)
        {
            Put($"k{i}/77", "only one sees it");
        }
        Put("hot", "a thousand see it");
        foreach (var call in calls)
        {
            Assert.Equal(77, (await NextAsync(call)).WatchId);
            var told = new HashSet<long>();
            while (told.Count < 100)
            {
                var response = await NextAsync(call);
                Assert.Equal("hot", Assert.Single(response.Events).Kv.Key.ToStringUtf8());
                Assert.True(told.Add(response.WatchId));
            }
            call.Dispose();
        }
        await Eventually.HoldsAsync(() => (_store.Services.Watches.WatcherCount, _store.Services.Watches.StreamCount) == (0, 0), "closed streams leave nothing");
    }

    [Fact]
    public async Task A_watch_from_a_compacted_revision_is_canceled_with_the_revision()
    {
        for (var i = 0; i < 10; i++)
        {
            Put("a", $"{i}");
        }
        await _kv.CompactAsync(new CompactionRequest { Revision = 8, Physical = true });
        using var watch = await OpenAsync(new WatchCreateRequest { Key = Bytes("a"), StartRevision = 3 });
        var response = await NextAsync(watch);
        Assert.True(response.Canceled);
        Assert.Equal(8, response.CompactRevision);
        Assert.Empty(response.Events);
        await CreateAsync(watch, new WatchCreateRequest { Key = Bytes("a"), StartRevision = 8 });
        Assert.True((await NextAsync(watch)).Created);
        Assert.Equal([8L, 9, 10, 11], (await NextAsync(watch)).Events.Select(static e => e.Kv.ModRevision));
    }

    [Fact]
    public async Task Filters_and_previous_values()
    {
        Put("a", "1");
        using var watch = await OpenAsync(new WatchCreateRequest
        {
            Key = Bytes("a"),
            PrevKv = true,
            Filters = { WatchCreateRequest.Types.FilterType.Noput },
        });
        Put("a", "2");
        await _kv.DeleteRangeAsync(new DeleteRangeRequest { Key = Bytes("a") });
        var change = Assert.Single((await NextAsync(watch)).Events);
        Assert.Equal(Event.Types.EventType.Delete, change.Type);
        Assert.Equal("2", change.PrevKv.Value.ToStringUtf8());
        Assert.Equal(4, change.Kv.ModRevision);
    }

    [Fact]
    public async Task Progress_is_told_on_request_for_all_watches_once_all_is_sent()
    {
        for (var i = 0; i < 2000; i++)
        {
            Put("a", $"{i}");
        }
        using var watch = await OpenAsync(new WatchCreateRequest { Key = Bytes("a"), StartRevision = 2 });
        await watch.RequestStream.WriteAsync(new WatchRequest { ProgressRequest = new WatchProgressRequest() });
        var seen = 0;
        while (true)
        {
            var response = await NextAsync(watch);
            seen += response.Events.Count;
            if (response.Events.Count == 0)
            {
                Assert.Equal(-1, response.WatchId);
                Assert.Equal(2001, response.Header.Revision);
                Assert.Equal(2000, seen);
                return;
            }
        }
    }

    [Fact]
    public async Task A_large_revision_is_split_only_for_who_asked()
    {
        using var whole = await OpenAsync(new WatchCreateRequest { Key = Bytes("f"), RangeEnd = Bytes("g") });
        using var split = await OpenAsync(new WatchCreateRequest { Key = Bytes("f"), RangeEnd = Bytes("g"), Fragment = true });
        var big = new string('v', 60_000);
        var txn = new TxnRequest();
        for (var i = 0; i < 20; i++)
        {
            txn.Success.Add(new RequestOp { RequestPut = Apply.ApplyTests.Put($"f{i:D2}", big) });
        }
        await _kv.TxnAsync(txn);
        var delete = new TxnRequest { Success = { new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = Bytes("f"), RangeEnd = Bytes("g") } } } };
        await _kv.TxnAsync(delete);
        Assert.Equal(20, (await NextAsync(whole)).Events.Count);
        Assert.Equal(20, (await NextAsync(whole)).Events.Count);
        var events = new List<Event>();
        var parts = 0;
        WatchResponse part;
        do
        {
            part = await NextAsync(split);
            events.AddRange(part.Events);
            parts++;
        }
        while (part.Fragment || events.Count < 40);
        Assert.Equal(40, events.Count);
    }

    [Fact]
    public async Task Wrong_requests_are_canceled_in_etcds_words_and_the_stream_goes_on()
    {
        using var watch = await OpenAsync(new WatchCreateRequest { Key = Bytes("a"), WatchId = 5 });
        await CreateAsync(watch, new WatchCreateRequest { Key = Bytes("a"), WatchId = 5 });
        await CreateAsync(watch, new WatchCreateRequest { Key = Bytes("b"), RangeEnd = Bytes("a") });
        await CreateAsync(watch, new WatchCreateRequest { Key = Bytes("b"), StartRevision = -1 });
        string[] reasons =
        [
            "mvcc: duplicate watch ID provided on the WatchStream", "mvcc: watcher range is empty",
            "etcdserver: mvcc: required revision has been compacted",
        ];
        foreach (var reason in reasons)
        {
            var response = await NextAsync(watch);
            Assert.True(response is { Created: true, Canceled: true, WatchId: -1 });
            Assert.Equal(reason, response.CancelReason);
        }
        await watch.RequestStream.WriteAsync(new WatchRequest { CancelRequest = new WatchCancelRequest { WatchId = 5 } });
        Assert.True((await NextAsync(watch)) is { Canceled: true, WatchId: 5, Created: false });
        Put("a", "1");
        await CreateAsync(watch, new WatchCreateRequest { Key = Bytes("a"), StartRevision = 2 });
        Assert.True((await NextAsync(watch)).Created);
        Assert.Single((await NextAsync(watch)).Events);
    }

    [Fact]
    public async Task A_restored_snapshot_brings_watchers_the_changes_in_between()
    {
        Put("a", "1");
        using var watch = await OpenAsync(new WatchCreateRequest { Key = Bytes("a") });
        using var channel = GrpcChannel.ForAddress(_store.Url.OriginalString);
        await using var other = await StoreHarness.StartAsync();
        foreach (var value in new[] { "1", "2", "3" })
        {
            await other.Log.ProposeAsync(new Kube.Store.V1.Command { Put = Apply.ApplyTests.Put("a", value) }.ToByteArray(), default);
        }
        using var snapshot = other.Machine.CaptureSnapshot();
        var bytes = new MemoryStream();
        snapshot.WriteTo(bytes, default);
        _store.Machine.Restore(new MemoryStream(bytes.ToArray()));
        Assert.Equal(["2", "3"], (await NextAsync(watch)).Events.Select(static e => e.Kv.Value.ToStringUtf8()));
    }

    private void Put(string key, string value)
        => _store.Log.ProposeAsync(new Kube.Store.V1.Command { Put = Apply.ApplyTests.Put(key, value) }.ToByteArray(), default).AsTask().GetAwaiter().GetResult();

    private async Task<AsyncDuplexStreamingCall<WatchRequest, WatchResponse>> OpenAsync(WatchCreateRequest request)
    {
        var call = new Watch.WatchClient(_channel).Watch(cancellationToken: _deadline.Token);
        await CreateAsync(call, request);
        Assert.True((await NextAsync(call)).Created);
        return call;
    }

    private static Task CreateAsync(AsyncDuplexStreamingCall<WatchRequest, WatchResponse> watch, WatchCreateRequest request)
        => watch.RequestStream.WriteAsync(new WatchRequest { CreateRequest = request });

    private async Task<WatchResponse> NextAsync(AsyncDuplexStreamingCall<WatchRequest, WatchResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext(_deadline.Token));
        return watch.ResponseStream.Current;
    }

    private static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);
}
