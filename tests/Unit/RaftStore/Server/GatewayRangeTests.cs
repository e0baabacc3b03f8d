using System.Text;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Net.Client;
using Kube.RaftStore.Server.Gateway;
using Kube.Testing;

namespace Kube.RaftStore.Tests.Server;

/// <summary>Large ranges through the JSON gateway.</summary>
public sealed class GatewayRangeTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _deadline = new(s_patience, TimeProvider.System);
    private readonly ManualTimeProvider _time = new();
    private readonly HttpClient _http = new();
    private StoreHarness _store = null!;
    private GrpcChannel _channel = null!;
    private KV.KVClient _kv = null!;

    public async Task InitializeAsync()
    {
        _store = await StoreHarness.StartAsync(time: _time);
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
    [InlineData(0, false)]
    [InlineData(900, false)]
    [InlineData(0, true)]
    public async Task Large_range_is_to_the_letter_what_it_is_when_built_whole(int limit, bool keysOnly)
    {
        await FillAsync(keys: 1000, keyBytes: 400, valueBytes: 600);
        var request = new RangeRequest { Key = Bytes("k"), RangeEnd = Bytes("l"), Limit = limit, KeysOnly = keysOnly };
        var whole = ProtoJson.Format(await _kv.RangeAsync(request));
        using var answer = await PostAsync(request);
        // Nobody has counted its bytes: it was not built.
        Assert.Null(answer.Content.Headers.ContentLength);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(Encoding.UTF8.GetString(whole), await answer.Content.ReadAsStringAsync(_deadline.Token));
    }

    [Fact]
    public async Task Compaction_passes_by_while_a_large_range_is_taken()
    {
        await FillAsync(keys: 600, keyBytes: 10, valueBytes: 50_000);
        using var answer = await PostAsync(new RangeRequest { Key = Bytes("k"), RangeEnd = Bytes("l") });
        var deleted = await _kv.DeleteRangeAsync(new DeleteRangeRequest { Key = Bytes("k"), RangeEnd = Bytes("l") });
        await _kv.CompactAsync(new CompactionRequest { Revision = deleted.Header.Revision });
        var text = await answer.Content.ReadAsStringAsync(_deadline.Token);
        Assert.EndsWith("],\"count\":\"600\"}", text, StringComparison.Ordinal);
        Assert.Equal(600, ProtoJson.Parse(text, RangeResponse.Parser).Kvs.Count(kv => kv.Value.Length == 50_000));
    }

    [Fact]
    public async Task Client_that_takes_nothing_is_let_go()
    {
        await FillAsync(keys: 600, keyBytes: 10, valueBytes: 50_000);
        using var answer = await PostAsync(new RangeRequest { Key = Bytes("k"), RangeEnd = Bytes("l") });
        await using var body = await answer.Content.ReadAsStreamAsync(_deadline.Token);
        var deleted = await _kv.DeleteRangeAsync(new DeleteRangeRequest { Key = Bytes("k"), RangeEnd = Bytes("l") });
        await _kv.CompactAsync(new CompactionRequest { Revision = deleted.Header.Revision });
        await Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMinutes(3));
                // What was to be sent is held back from compaction no more.
                return _store.Machine.Store.VersionCount <= 600;
            },
            "the answer is given up");
        await Assert.ThrowsAnyAsync<Exception>(() => body.CopyToAsync(Stream.Null, _deadline.Token));
    }

    private async Task FillAsync(int keys, int keyBytes, int valueBytes)
    {
        for (var i = 0; i < keys; i++)
        {
            await _kv.PutAsync(new PutRequest { Key = Bytes($"k{i:D5}".PadRight(keyBytes, '.')), Value = Bytes(new string('v', valueBytes)) });
        }
    }

    private Task<HttpResponseMessage> PostAsync(RangeRequest request) => _http.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, new Uri(_store.Url, "/v3/kv/range")) { Content = new ByteArrayContent(ProtoJson.Format(request)) },
        HttpCompletionOption.ResponseHeadersRead,
        _deadline.Token);

    private static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);
}
