using Google.Protobuf;
using Grpc.Core;
using Kube.Rpc.Tests.Proto;

namespace Kube.Rpc.Tests.Loopback;

public sealed class CallKindTests : IAsyncLifetime
{
    private LoopbackServer _server = null!;

    public async Task InitializeAsync() => _server = await LoopbackServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Unary_ReturnsResponse()
    {
        using var call = _server.Client.UnaryAsync(new Note { Text = "hello" });
        var note = await call.ResponseAsync.WaitAsync(LoopbackServer.Patience);
        Assert.Equal("hello", note.Text);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Empty(call.GetTrailers());
    }

    [Fact]
    public void Unary_Blocking() => Assert.Equal("x", _server.Client.Unary(new Note { Text = "x" }).Text);

    [Fact]
    public async Task Unary_EmptyMessage() => Assert.Equal(new Note(), await _server.Client.UnaryAsync(new Note()));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(500)]
    public async Task ServerStreaming_ReturnsAll(int count)
    {
        using var call = _server.Client.Expand(new Note { Text = "a", Count = count });
        var seen = 0;
        await foreach (var note in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(seen++, note.Count);
        }

        Assert.Equal(count, seen);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task ClientStreaming_CollectsAll(int count)
    {
        using var call = _server.Client.Collect();
        for (var i = 0; i < count; i++)
        {
            await call.RequestStream.WriteAsync(new Note { Text = $"{i}" });
        }

        await call.RequestStream.CompleteAsync();
        var note = await call.ResponseAsync.WaitAsync(LoopbackServer.Patience);
        Assert.Equal(count, note.Count);
    }

    [Fact]
    public async Task Duplex_IsAConversation()
    {
        using var call = _server.Client.Chat();
        for (var i = 0; i < 100; i++)
        {
            await call.RequestStream.WriteAsync(new Note { Count = i });
            Assert.True(await call.ResponseStream.MoveNext().WaitAsync(LoopbackServer.Patience));
            Assert.Equal(i, call.ResponseStream.Current.Count);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task LargeMessage_GoesBothWays()
    {
        var data = ByteString.CopyFrom(Enumerable.Range(0, 4 * 1024 * 1024 - 100).Select(i => (byte)(i * 31)).ToArray());
        var note = await _server.Client.UnaryAsync(new Note { Data = data }).ResponseAsync.WaitAsync(LoopbackServer.Patience);
        Assert.Equal(data, note.Data);
    }

    [Fact]
    public async Task HundredStreams_OnOneConnection()
    {
        var calls = Enumerable.Range(0, 100).Select(_ => _server.Client.Chat()).ToArray();
        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(calls.Select((call, i) => call.RequestStream.WriteAsync(new Note { Count = i })));
            for (var i = 0; i < calls.Length; i++)
            {
                Assert.True(await calls[i].ResponseStream.MoveNext().WaitAsync(LoopbackServer.Patience));
                Assert.Equal(i, calls[i].ResponseStream.Current.Count);
            }
        }

        foreach (var call in calls)
        {
            await call.RequestStream.CompleteAsync();
            Assert.False(await call.ResponseStream.MoveNext());
            call.Dispose();
        }
    }
}
