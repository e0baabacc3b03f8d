using System.Globalization;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;

namespace Kube.Conformance.Tests.Rpc;

/// <summary>Our client, calling a grpcio server.</summary>
public sealed class ForeignServerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private PythonProcess _python = null!;
    private GrpcChannel _channel = null!;
    private CallInvoker _calls = null!;

    public async Task InitializeAsync()
    {
        (_python, var port) = await PythonProcess.ServeAsync("Rpc/rpc_server.py");
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}", new GrpcChannelOptions { MaxReceiveMessageSize = 5 * 1024 * 1024 });
        _calls = _channel.CreateCallInvoker();
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _python.DisposeAsync();
    }

    [Fact]
    public async Task EveryCallKind()
    {
        Assert.Equal("hello", await UnaryAsync("Unary", "hello"));
        Assert.Equal("", await UnaryAsync("Unary", ""));
        using var expand = ServerStreaming("Expand", "300:x");
        Assert.Equal(300, await CountAsync(expand.ResponseStream));
        using var none = ServerStreaming("Expand", "0:x");
        Assert.Equal(0, await CountAsync(none.ResponseStream));

        using var collect = _calls.AsyncClientStreamingCall(ConformanceEcho.Method(MethodType.ClientStreaming, "Collect"), null, default);
        foreach (var text in new[] { "a", "b", "c" })
        {
            await collect.RequestStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        }

        await collect.RequestStream.CompleteAsync();
        Assert.Equal("a,b,c", Encoding.UTF8.GetString(await collect.ResponseAsync.WaitAsync(Patience)));

        using var chat = Chat();
        for (var i = 0; i < 100; i++)
        {
            await SayAsync(chat, i.ToString(CultureInfo.InvariantCulture));
        }

        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext().WaitAsync(Patience));
        Assert.Equal(StatusCode.OK, chat.GetStatus().StatusCode);
    }

    [Fact]
    public async Task LargeMessage_AndOversize()
    {
        var payload = new byte[4 * 1024 * 1024];
        new Random(1).NextBytes(payload);
        var echoed = await Unary("Unary", payload).ResponseAsync.WaitAsync(Patience);
        Assert.True(payload.AsSpan().SequenceEqual(echoed));
        var e = await FailsAsync(Unary("Unary", new byte[6 * 1024 * 1024]).ResponseAsync);
        Assert.Equal(new Status(StatusCode.ResourceExhausted, "received message larger than max (6291456 vs. 5242880)"), e.Status);
        Assert.Equal("after", await UnaryAsync("Unary", "after"));
    }

    [Fact]
    public async Task HundredStreams_OnOneConnection()
    {
        var chats = Enumerable.Range(0, 100).Select(_ => Chat()).ToArray();
        for (var round = 0; round < 2; round++)
        {
            await Task.WhenAll(chats.Select((chat, i) => SayAsync(chat, $"{round} {i}")));
        }

        foreach (var chat in chats)
        {
            await chat.RequestStream.CompleteAsync();
            Assert.False(await chat.ResponseStream.MoveNext().WaitAsync(Patience));
            chat.Dispose();
        }
    }

    [Fact]
    public async Task Errors_KeepCodeTextAndTrailers()
    {
        var e = await FailsAsync(Unary("Fail", Encoding.UTF8.GetBytes("9:n\u00e3o 100%\n\u4f60\u597d")).ResponseAsync);
        Assert.Equal(new Status(StatusCode.FailedPrecondition, "n\u00e3o 100%\n\u4f60\u597d"), e.Status);
        Assert.Equal("asked for", e.Trailers.GetValue("reason"));
        Assert.Equal<byte>([0, 1, 254, 255], e.Trailers.GetValueBytes("raw-bin")!);
        for (var code = StatusCode.Cancelled; code <= StatusCode.Unauthenticated; code++)
        {
            Assert.Equal(new Status(code, "x"), (await FailsAsync(Unary("Fail", Encoding.UTF8.GetBytes($"{(int)code}:x")).ResponseAsync)).Status);
        }

        using var late = ServerStreaming("FailLate", "10:late");
        Assert.True(await late.ResponseStream.MoveNext().WaitAsync(Patience));
        e = await FailsAsync(late.ResponseStream.MoveNext());
        Assert.Equal(new Status(StatusCode.Aborted, "late"), e.Status);
        Assert.Equal("asked for", e.Trailers.GetValue("reason"));
        Assert.Equal(StatusCode.Unknown, (await FailsAsync(Unary("Throw", []).ResponseAsync)).StatusCode);
        Assert.Equal(StatusCode.Unimplemented, (await FailsAsync(Unary("Nothing", []).ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task Metadata_BothWays()
    {
        var headers = new Metadata { { "text", "some text" }, { "raw-bin", [0, 255, 1] } };
        using var call = Unary("Metadata", [], new CallOptions(headers));
        Assert.Equal("text=some text;raw-bin=00FF01", Encoding.UTF8.GetString(await call.ResponseAsync.WaitAsync(Patience)));
        var initial = await call.ResponseHeadersAsync;
        Assert.Equal("i", initial.GetValue("initial"));
        Assert.Equal<byte>([0, 255], initial.GetValueBytes("initial-bin")!);
        Assert.Equal("t", call.GetTrailers().GetValue("trailing"));
        Assert.Equal<byte>([0x7f], call.GetTrailers().GetValueBytes("trailing-bin")!);
    }

    [Fact]
    public async Task Deadline_AndCancel_EndTheCallOnTheServer()
    {
        var left = double.Parse(
            Encoding.UTF8.GetString(await Unary("Deadline", [], new CallOptions(deadline: DateTime.UtcNow.AddSeconds(300)))),
            CultureInfo.InvariantCulture);
        Assert.InRange(left, 200, 300.1);
        var e = await FailsAsync(Unary("Hang", [], new CallOptions(deadline: DateTime.UtcNow.AddSeconds(0.2))).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
        await WaitActiveAsync(0);

        var hanging = Unary("Hang", []);
        await WaitActiveAsync(1);
        hanging.Dispose();
        Assert.Equal(StatusCode.Cancelled, (await FailsAsync(hanging.ResponseAsync)).StatusCode);
        await WaitActiveAsync(0);

        var stream = ServerStreaming("HangStream", "");
        Assert.True(await stream.ResponseStream.MoveNext().WaitAsync(Patience));
        stream.Dispose();
        await WaitActiveAsync(0);

        // A reader that stops and goes away must not leave the writer behind.
        var flood = ServerStreaming("Flood", "");
        Assert.True(await flood.ResponseStream.MoveNext().WaitAsync(Patience));
        flood.Dispose();
        await WaitActiveAsync(0);
    }

    [Fact]
    public async Task EarlyEnd_WhileTheClientWrites()
    {
        using var call = _calls.AsyncClientStreamingCall(ConformanceEcho.Method(MethodType.ClientStreaming, "EarlyEnd"), null, default);
        var first = call.RequestStream.WriteAsync([1]);
        Assert.Equal("enough", Encoding.UTF8.GetString(await call.ResponseAsync.WaitAsync(Patience)));

        // The answer can overtake the end of the write that it answers, which then says that the call is over.
        if (await Record.ExceptionAsync(() => first.WaitAsync(Patience)) is { } overtaken)
        {
            Assert.IsType<InvalidOperationException>(overtaken);
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync([2]));
    }

    [Fact]
    public async Task Gzip_BothWays()
    {
        var payload = new byte[300_000];
        var headers = new Metadata { { "grpc-internal-encoding-request", "gzip" } };
        Assert.Equal(payload, await Unary("Unary", payload, new CallOptions(headers)).ResponseAsync.WaitAsync(Patience));
        Assert.Equal(payload, await Unary("Compressed", payload).ResponseAsync.WaitAsync(Patience));
    }

    [Fact]
    public async Task ServerThatDies_IsUnavailable()
    {
        var stream = ServerStreaming("HangStream", "");
        Assert.True(await stream.ResponseStream.MoveNext().WaitAsync(Patience));
        var pending = stream.ResponseStream.MoveNext();
        await _python.KillAsync();
        Assert.Equal(StatusCode.Unavailable, (await FailsAsync(pending)).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await FailsAsync(Unary("Unary", []).ResponseAsync)).StatusCode);
    }

    private static async Task<RpcException> FailsAsync(Task call) =>
        await Assert.ThrowsAsync<RpcException>(() => call.WaitAsync(Patience));

    private static async Task<int> CountAsync(IAsyncStreamReader<byte[]> stream)
    {
        var count = 0;
        while (await stream.MoveNext().WaitAsync(Patience))
        {
            count++;
        }

        return count;
    }

    private static async Task SayAsync(AsyncDuplexStreamingCall<byte[], byte[]> chat, string text)
    {
        await chat.RequestStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        Assert.True(await chat.ResponseStream.MoveNext().WaitAsync(Patience));
        Assert.Equal(text, Encoding.UTF8.GetString(chat.ResponseStream.Current));
    }

    private AsyncUnaryCall<byte[]> Unary(string name, byte[] request, CallOptions options = default) =>
        _calls.AsyncUnaryCall(ConformanceEcho.Method(MethodType.Unary, name), null, options, request);

    private async Task<string> UnaryAsync(string name, string text) =>
        Encoding.UTF8.GetString(await Unary(name, Encoding.UTF8.GetBytes(text)).ResponseAsync.WaitAsync(Patience));

    private AsyncServerStreamingCall<byte[]> ServerStreaming(string name, string text) => _calls.AsyncServerStreamingCall(
        ConformanceEcho.Method(MethodType.ServerStreaming, name), null, default, Encoding.UTF8.GetBytes(text));

    private AsyncDuplexStreamingCall<byte[], byte[]> Chat() =>
        _calls.AsyncDuplexStreamingCall(ConformanceEcho.Method(MethodType.DuplexStreaming, "Chat"), null, default);

    private async Task WaitActiveAsync(int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await UnaryAsync("Active", "") != count.ToString(CultureInfo.InvariantCulture))
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }
}
