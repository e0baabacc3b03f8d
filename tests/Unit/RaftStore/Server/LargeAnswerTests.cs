using System.Net;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Net.Client;
using Kube.RaftStore.Server.Gateway;
using Kube.Testing;

namespace Kube.RaftStore.Tests.Server;

/// <summary>Answers that are sent as they are taken: transactions as ranges, and what all of them may hold.</summary>
public sealed class LargeAnswerTests : IAsyncLifetime
{
    private const long MaxAnswerBytes = 1 << 20;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _deadline = new(s_patience, TimeProvider.System);
    private readonly ManualTimeProvider _time = new();
    private readonly HttpClient _http = new();
    private StoreHarness _store = null!;
    private GrpcChannel _channel = null!;
    private KV.KVClient _kv = null!;

    public async Task InitializeAsync()
    {
        _store = await StoreHarness.StartAsync(time: _time, configure: static options => options with { MaxAnswerBytes = MaxAnswerBytes });
        _channel = GrpcChannel.ForAddress(_store.Url.OriginalString, new GrpcChannelOptions { MaxReceiveMessageSize = null });
        _kv = new KV.KVClient(_channel);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        _channel.Dispose();
        await _store.DisposeAsync();
        _deadline.Dispose();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(2_000)]
    public async Task Ranges_of_a_transaction_see_what_was_done_before_them(int valueBytes)
    {
        await FillAsync(keys: 300, valueBytes);
        var before = await _kv.RangeAsync(All());
        var answer = await _kv.TxnAsync(Writing());
        var after = await _kv.RangeAsync(All());
        Assert.Equal(before.Kvs, answer.Responses[0].ResponseRange.Kvs);
        Assert.Equal(before.Header.Revision, answer.Responses[0].ResponseRange.Header.Revision);
        Assert.Equal(after.Kvs, answer.Responses[3].ResponseRange.Kvs);
        Assert.Equal((after.Count, after.Header.Revision), (answer.Responses[3].ResponseRange.Count, answer.Header.Revision));
        Assert.Equal(after.Kvs.Select(static kv => kv.Key), answer.Responses[4].ResponseTxn.Responses[0].ResponseRange.Kvs.Select(static kv => kv.Key));
        var reading = await _kv.TxnAsync(Reading());
        Assert.Equal(after.Kvs, reading.Responses[0].ResponseRange.Kvs);
        Assert.Equal(300 - 2, reading.Responses[1].ResponseRange.Count);
    }

    [Fact]
    public async Task Large_transaction_through_the_gateway_is_to_the_letter_what_it_is_when_built_whole()
    {
        await FillAsync(keys: 300, valueBytes: 2_000);
        var whole = ProtoJson.Format(await _kv.TxnAsync(Reading()));
        using var answer = await PostAsync("txn", Reading());
        Assert.Null(answer.Content.Headers.ContentLength);
        Assert.Equal(System.Text.Encoding.UTF8.GetString(whole), await answer.Content.ReadAsStringAsync(_deadline.Token));
    }

    [Fact]
    public async Task Compaction_passes_by_while_a_transaction_is_taken()
    {
        await FillAsync(keys: 600, valueBytes: 50_000);
        using var answer = await PostAsync("txn", Writing());
        var deleted = await _kv.DeleteRangeAsync(new DeleteRangeRequest { Key = Bytes("k"), RangeEnd = Bytes("l") });
        await _kv.CompactAsync(new CompactionRequest { Revision = deleted.Header.Revision });
        var text = await answer.Content.ReadAsStringAsync(_deadline.Token);
        var response = ProtoJson.Parse(text, TxnResponse.Parser);
        Assert.Equal(600, response.Responses[0].ResponseRange.Kvs.Count(static kv => kv.Value.Length == 50_000));
        Assert.Equal(599, response.Responses[3].ResponseRange.Kvs.Count);
    }

    /// <summary>A client that takes nothing of what it asks for again and again holds half of the memory for it, and the others get theirs.</summary>
    [Fact]
    public async Task Greedy_client_leaves_room_for_the_others()
    {
        await FillAsync(keys: 600, valueBytes: 50_000);
        var greedy = Enumerable.Range(0, 10).Select(i => i % 2 == 0 ? PostAsync("range", All()) : PostAsync("txn", Reading())).ToList();
        await Eventually.HoldsAsync(() => Server.WaitingAnswers > 0 && greedy.Count(static one => one.IsCompleted) == 10 - Server.WaitingAnswers, "it has its part");
        Assert.InRange(Server.AnswerBytes, 1, MaxAnswerBytes / 2);
        var other = await _kv.RangeAsync(All());
        Assert.Equal(600, other.Kvs.Count);
        var served = greedy.Where(static one => one.IsCompleted).ToList();
        _time.Advance(TimeSpan.FromSeconds(7));
        foreach (var waited in greedy.Except(served))
        {
            using var refused = await waited;
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Contains("etcdserver: too many requests", await refused.Content.ReadAsStringAsync(_deadline.Token), StringComparison.Ordinal);
        }
        foreach (var one in served)
        {
            (await one).Dispose();
        }
        await Eventually.HoldsAsync(() => Server.AnswerBytes == 0, "what it held is given back");
    }

    private Kube.RaftStore.Server.StoreServer Server => _store.Services.Server;

    private static RangeRequest All() => new() { Key = Bytes("k"), RangeEnd = Bytes("l") };

    private static TxnRequest Reading() => new()
    {
        Success =
        {
            new RequestOp { RequestRange = All() },
            new RequestOp { RequestRange = new RangeRequest { Key = Bytes("k00001"), RangeEnd = Bytes("l"), CountOnly = true } },
            new RequestOp { RequestRange = new RangeRequest { Key = Bytes("nothing") } },
        },
    };

    private static TxnRequest Writing() => new()
    {
        Success =
        {
            new RequestOp { RequestRange = All() },
            new RequestOp { RequestPut = new PutRequest { Key = Bytes("k00007"), Value = Bytes("new"), PrevKv = true } },
            new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = Bytes("k00008") } },
            new RequestOp { RequestRange = All() },
            new RequestOp { RequestTxn = new TxnRequest { Success = { new RequestOp { RequestRange = new RangeRequest(All()) { KeysOnly = true } } } } },
        },
    };

    private async Task FillAsync(int keys, int valueBytes)
    {
        for (var i = 0; i < keys; i++)
        {
            await _kv.PutAsync(new PutRequest { Key = Bytes($"k{i:D5}"), Value = Bytes(new string('v', valueBytes)) });
        }
    }

    private Task<HttpResponseMessage> PostAsync(string method, IMessage request) => _http.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, new Uri(_store.Url, $"/v3/kv/{method}")) { Content = new ByteArrayContent(ProtoJson.Format(request)) },
        HttpCompletionOption.ResponseHeadersRead,
        _deadline.Token);

    private static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);
}
