using System.Net.WebSockets;
using System.Text;
using Kube.Streams.Remote;
using Kube.Streams.WebSockets;

namespace Kube.Streams.Tests;

public sealed class WebSocketChannelsTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _limit = new(Limit);
    private readonly WebSocket _client;
    private readonly WebSocket _server;

    public WebSocketChannelsTests()
    {
        var (client, server) = DuplexPipe.Create();
        _client = WebSocket.CreateFromStream(client, new WebSocketCreationOptions { IsServer = false });
        _server = WebSocket.CreateFromStream(server, new WebSocketCreationOptions { IsServer = true });
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _limit.Dispose();
    }

    [Fact]
    public async Task A_v5_session_carries_input_output_sizes_and_status()
    {
        await using var session = await WebSocketRemoteSession.OpenAsync(
            _server, WebSocketRemoteSession.V5, new RemoteRequest(true, true, false, true), static () => { }, _limit.Token);
        Assert.Equal([1], await ReceiveAsync());

        await SendAsync([0, (byte)'h', (byte)'i']);
        await SendAsync([4, .. """{"Width":80,"Height":24}"""u8]);
        await SendAsync([255, 0]);
        using MemoryStream typed = new();
        await session.Input!.CopyToAsync(typed, _limit.Token);
        Assert.Equal("hi", Encoding.UTF8.GetString(typed.ToArray()));
        Assert.Equal(new TerminalSize(80, 24), await session.Sizes!.ReadAsync(_limit.Token));
        Assert.Null(session.Error);

        await session.Output!.WriteAsync("out"u8.ToArray(), _limit.Token);
        Assert.Equal([1, .. "out"u8], await ReceiveAsync());

        var completing = session.CompleteAsync(RemoteStatus.Exited(7), _limit.Token);
        var status = await ReceiveAsync();
        Assert.Equal(3, status[0]);
        Assert.Equal(RemoteStatus.Exited(7), RemoteStatus.Parse(status.AsSpan(1)));
        await _client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", _limit.Token);
        await completing.WaitAsync(Limit);
        Assert.True(session.Gone.IsCancellationRequested);
    }

    [Fact]
    public async Task In_v4_there_is_no_closing_and_a_message_of_channel_255_is_dropped()
    {
        await using var session = await WebSocketRemoteSession.OpenAsync(
            _server, WebSocketRemoteSession.V4, new RemoteRequest(true, true, true, false), static () => { }, _limit.Token);
        await SendAsync([255, 0]);
        await SendAsync([0, (byte)'x']);
        var buffer = new byte[4];
        Assert.Equal(1, await session.Input!.ReadAsync(buffer, _limit.Token));
    }

    [Fact]
    public async Task A_client_that_vanishes_is_an_error_to_the_reader_and_no_end_of_input()
    {
        await using var session = await WebSocketRemoteSession.OpenAsync(
            _server, WebSocketRemoteSession.V5, new RemoteRequest(true, true, true, false), static () => { }, _limit.Token);
        _client.Dispose();
        await Assert.ThrowsAnyAsync<IOException>(async () => await session.Input!.ReadExactlyAsync(new byte[1], _limit.Token));
        Assert.True(session.Gone.IsCancellationRequested);
    }

    [Theory]
    [InlineData("""{"Width":80,"Height":24}""", 80, 24)]
    [InlineData("""{"Height":1,"Width":65535}""", 65535, 1)]
    public void Sizes_are_read(string json, int columns, int rows)
    {
        Assert.True(TerminalSize.TryParse(Encoding.UTF8.GetBytes(json), out var size));
        Assert.Equal(new TerminalSize((ushort)columns, (ushort)rows), size);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"Width":80}""")]
    [InlineData("""{"Width":-1,"Height":24}""")]
    [InlineData("""{"Width":"80","Height":24}""")]
    [InlineData("""{"Width":65536,"Height":24}""")]
    public void What_is_no_size_is_none(string json) => Assert.False(TerminalSize.TryParse(Encoding.UTF8.GetBytes(json), out _));

    [Theory]
    [InlineData("", false)]
    [InlineData("nonsense", false)]
    [InlineData("""{"status":"Success"}""", true)]
    [InlineData("""{"status":7}""", false)]
    [InlineData("""{"status":"Failure","message":"m"}""", false)]
    public void A_status_is_success_only_when_it_says_so(string told, bool success) =>
        Assert.Equal(success, RemoteStatus.Parse(Encoding.UTF8.GetBytes(told)) == RemoteStatus.Success);

    private ValueTask SendAsync(byte[] message) =>
        _client.SendAsync(message.AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, _limit.Token);

    private async Task<byte[]> ReceiveAsync()
    {
        var buffer = new byte[4096];
        var received = await _client.ReceiveAsync(buffer.AsMemory(), _limit.Token);
        Assert.True(received.EndOfMessage);
        return buffer[..received.Count];
    }
}
