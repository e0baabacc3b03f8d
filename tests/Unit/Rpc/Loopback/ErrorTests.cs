using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.Rpc.Tests.Proto;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Kube.Rpc.Tests.Loopback;

public class ErrorTests
{
    [Fact]
    public async Task RpcException_CarriesStatusAndTrailers_BeforeAnyMessage()
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Service.OnUnary = (_, context) =>
        {
            context.ResponseTrailers.Add("from-context", "c");
            throw new RpcException(
                new Status(StatusCode.NotFound, "n\u00e3o h\u00e1 100%\nlinha"),
                new Metadata { { "why", "because" }, { "detail-bin", [0, 255, 7] } });
        };
        using var call = server.Client.UnaryAsync(new Note());
        var e = await LoopbackServer.FailsAsync(call.ResponseAsync);
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
        Assert.Equal("n\u00e3o h\u00e1 100%\nlinha", e.Status.Detail);
        Assert.Equal("because", e.Trailers.GetValue("why"));
        Assert.Equal("c", e.Trailers.GetValue("from-context"));
        Assert.Equal<byte>([0, 255, 7], e.Trailers.GetValueBytes("detail-bin")!);
        Assert.Equal(e.Status, call.GetStatus());
        Assert.Equal("because", call.GetTrailers().GetValue("why"));
    }

    [Fact]
    public async Task Status_AfterMessages_ComesInTheTrailers()
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Service.OnExpand = async (_, responses, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "early", "e" }, { "early-bin", [1] } });
            await responses.WriteAsync(new Note { Text = "one" });
            context.ResponseTrailers.Add("late", "l");
            context.Status = new Status(StatusCode.OutOfRange, "enough");
        };
        using var call = server.Client.Expand(new Note());
        var headers = await call.ResponseHeadersAsync.WaitAsync(LoopbackServer.Patience);
        Assert.Equal("e", headers.GetValue("early"));
        Assert.Equal<byte>([1], headers.GetValueBytes("early-bin")!);
        Assert.True(await call.ResponseStream.MoveNext());
        var e = await LoopbackServer.FailsAsync(call.ResponseStream.MoveNext());
        Assert.Equal(new Status(StatusCode.OutOfRange, "enough"), e.Status);
        Assert.Equal("l", e.Trailers.GetValue("late"));

        // The end stays the end.
        Assert.Equal(e.Status, (await LoopbackServer.FailsAsync(call.ResponseStream.MoveNext())).Status);
    }

    [Theory]
    [InlineData(false, "Exception was thrown by handler.")]
    [InlineData(true, "Exception was thrown by handler. InvalidTimeZoneException: secret")]
    public async Task OtherException_IsUnknown(bool detailed, string text)
    {
        await using var server = await LoopbackServer.StartAsync(options => options.EnableDetailedErrors = detailed);
        server.Service.OnUnary = (_, _) => throw new InvalidTimeZoneException("secret");
        var e = await LoopbackServer.FailsAsync(server.Client.UnaryAsync(new Note()).ResponseAsync);
        Assert.Equal(new Status(StatusCode.Unknown, text), e.Status);
    }

    [Fact]
    public async Task RequestMetadata_Arrives_AndAuthority()
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Service.OnUnary = (_, context) => Task.FromResult(new Note
        {
            Text = string.Join('|', context.RequestHeaders.Where(entry => entry.Key.StartsWith("x-", StringComparison.Ordinal)).Select(entry => entry.ToString()))
                + " " + context.Method + " " + context.Peer[.."ipv4:127.0.0.1:".Length] + " " + context.Host,
        });
        var headers = new Metadata { { "x-text", "a" }, { "X-Text", "b" }, { "x-raw-bin", [1, 2, 3, 4, 5] } };
        var note = await server.Client.WithHost("example.test").UnaryAsync(new Note(), headers);

        // Values of one key may be joined on the way (gRPC over HTTP/2, "Custom-Metadata"), as SocketsHttpHandler does.
        Assert.Equal(
            "[Entry: key=x-text, value=a, b]|[Entry: key=x-raw-bin, valueBytes=0102030405]"
            + " /kube.rpc.tests.Echo/Unary ipv4:127.0.0.1: example.test",
            note.Text);
    }

    [Fact]
    public async Task MetadataThatCannotTravel_IsInternal()
    {
        await using var server = await LoopbackServer.StartAsync();
        var e = await LoopbackServer.FailsAsync(
            server.Client.UnaryAsync(new Note(), new Metadata { { "x", "line\nbreak" } }).ResponseAsync);
        Assert.Equal(StatusCode.Internal, e.StatusCode);
        server.Service.OnUnary = (_, context) =>
        {
            context.ResponseTrailers.Add("x", "line\nbreak");
            return Task.FromResult(new Note());
        };
        e = await LoopbackServer.FailsAsync(server.Client.UnaryAsync(new Note()).ResponseAsync);
        Assert.Equal(StatusCode.Internal, e.StatusCode);
    }

    [Fact]
    public async Task UnknownMethodAndService_AreUnimplemented()
    {
        await using var server = await LoopbackServer.StartAsync();
        var e = await LoopbackServer.FailsAsync(server.Client.MissingAsync(new Note()).ResponseAsync);
        Assert.Equal(StatusCode.Unimplemented, e.StatusCode);
        foreach (var (service, method, detail) in new[]
        {
            ("no.Such", "Thing", "unknown service no.Such"),
            ("kube.rpc.tests.Echo", "Nothing", "unknown method Nothing for service kube.rpc.tests.Echo"),
            ("a/b.C", "D", "unknown service a/b.C"),
        })
        {
            var unknown = new Method<string, string>(
                MethodType.Unary, service, method, Marshallers.StringMarshaller, Marshallers.StringMarshaller);
            e = await LoopbackServer.FailsAsync(
                server.Channel.CreateCallInvoker().AsyncUnaryCall(unknown, null, default, "x").ResponseAsync);
            Assert.Equal(new Status(StatusCode.Unimplemented, detail), e.Status);
        }
    }

    [Fact]
    public async Task OtherEndpoints_LiveOnTheSamePort()
    {
        await using var server = await LoopbackServer.StartAsync(map: app =>
        {
            app.MapGet("/hello", () => "world");
            app.MapPost("/{a}/{b}", (string a, string b) => $"{a}+{b}");
        });
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        Assert.Equal("world", await http.GetStringAsync(new Uri(server.Address, "/hello")));
        var posted = await http.PostAsync(new Uri(server.Address, "/no.Such/Thing"), new StringContent("{}"));
        Assert.Equal("no.Such+Thing", await posted.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(server.Address, "/nothing"))).StatusCode);
        var wrongType = await http.PostAsync(new Uri(server.Address, "/kube.rpc.tests.Echo/Unary"), new StringContent("{}"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, wrongType.StatusCode);
        Assert.Equal("x", (await server.Client.UnaryAsync(new Note { Text = "x" })).Text);
    }

    [Fact]
    public async Task HttpAnswers_MapToStatuses()
    {
        await using var server = await LoopbackServer.StartAsync(grpc: options => options.IgnoreUnknownServices = true, map: app =>
        {
            app.MapPost("/http/{code}", (int code, HttpContext http) => http.Response.StatusCode = code);
            app.MapPost("/http/text", () => "I am not gRPC");
        });
        foreach (var (method, code) in new[]
        {
            ("503", StatusCode.Unavailable), ("401", StatusCode.Unauthenticated), ("404", StatusCode.Unimplemented),
            ("500", StatusCode.Unknown), ("text", StatusCode.Unknown),
        })
        {
            var unknown = new Method<string, string>(
                MethodType.Unary, "http", method, Marshallers.StringMarshaller, Marshallers.StringMarshaller);
            var e = await LoopbackServer.FailsAsync(
                server.Channel.CreateCallInvoker().AsyncUnaryCall(unknown, null, default, "x").ResponseAsync);
            Assert.Equal(code, e.StatusCode);
        }
    }

    [Fact]
    public async Task SizeLimits_OnBothSides()
    {
        await using var server = await LoopbackServer.StartAsync(
            options =>
            {
                options.MaxReceiveMessageSize = 1000;
                options.MaxSendMessageSize = 2000;
            },
            new GrpcChannelOptions { MaxReceiveMessageSize = 1500, MaxSendMessageSize = 3000 });
        async Task Expect(int request, int response, string? detail)
        {
            server.Service.OnUnary = (_, _) => Task.FromResult(new Note { Data = ByteString.CopyFrom(new byte[response]) });
            var call = server.Client.UnaryAsync(new Note { Data = ByteString.CopyFrom(new byte[request]) }).ResponseAsync;
            if (detail is null)
            {
                Assert.Equal(response, (await call).Data.Length);
                return;
            }

            var e = await LoopbackServer.FailsAsync(call);
            Assert.Equal(new Status(StatusCode.ResourceExhausted, detail), e.Status);
        }

        await Expect(900, 1400, null);
        await Expect(998, 0, "received message larger than max (1001 vs. 1000)");
        await Expect(4000, 0, "trying to send message larger than max (4003 vs. 3000)");
        await Expect(0, 1600, "received message larger than max (1603 vs. 1500)");
        await Expect(0, 2100, "trying to send message larger than max (2103 vs. 2000)");
        await Expect(900, 1400, null);
    }

    [Fact]
    public async Task SizeLimit_WhileALargeRequestIsUnderWay()
    {
        await using var server = await LoopbackServer.StartAsync();
        var big = new Note { Data = ByteString.CopyFrom(new byte[20_000_000]) };
        for (var i = 0; i < 5; i++)
        {
            var e = await LoopbackServer.FailsAsync(server.Client.UnaryAsync(big).ResponseAsync);
            Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
        }

        Assert.Equal("x", (await server.Client.UnaryAsync(new Note { Text = "x" })).Text);
    }

    [Fact]
    public async Task WithoutSizeLimit_EvenHttpsOwnIsLifted()
    {
        await using var server = await LoopbackServer.StartAsync(
            options => options.MaxReceiveMessageSize = null, new GrpcChannelOptions { MaxReceiveMessageSize = null });
        var big = new Note { Data = UnsafeByteOperations.UnsafeWrap(new byte[40_000_000]) };
        Assert.Equal(big, await server.Client.UnaryAsync(big).ResponseAsync.WaitAsync(LoopbackServer.Patience));
    }

    [Fact]
    public async Task TerminalMiddleware_GetsWhatIsNotGrpc()
    {
        await using var server = await LoopbackServer.StartAsync(map: app =>
        {
            app.UseRouting();
            app.UseEndpoints(_ => { });
            app.Run(http => http.Response.WriteAsync($"{http.Request.Method} {http.Request.Path}"));
        });
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        Assert.Equal("GET /a/b/c", await http.GetStringAsync(new Uri(server.Address, "/a/b/c")));
        var posted = await http.PostAsync(new Uri(server.Address, "/a"), new StringContent("{}"));
        Assert.Equal("POST /a", await posted.Content.ReadAsStringAsync());
        Assert.Equal("x", (await server.Client.UnaryAsync(new Note { Text = "x" })).Text);
    }

    [Fact]
    public async Task NobodyListens_IsUnavailable()
    {
        Uri address;
        await using (var server = await LoopbackServer.StartAsync())
        {
            address = server.Address;
        }

        using var channel = GrpcChannel.ForAddress(address);
        var client = new Echo.EchoClient(channel);
        Assert.Equal(StatusCode.Unavailable, (await LoopbackServer.FailsAsync(client.UnaryAsync(new Note()).ResponseAsync)).StatusCode);
        using var chat = client.Chat();
        Assert.Equal(StatusCode.Unavailable, (await LoopbackServer.FailsAsync(chat.RequestStream.WriteAsync(new Note()))).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await LoopbackServer.FailsAsync(chat.ResponseStream.MoveNext())).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await LoopbackServer.FailsAsync(chat.ResponseHeadersAsync)).StatusCode);
    }

    [Fact]
    public async Task NullResponse_IsAnError()
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Service.OnUnary = (_, _) => Task.FromResult<Note>(null!);
        Assert.Equal(StatusCode.Cancelled, (await LoopbackServer.FailsAsync(server.Client.UnaryAsync(new Note()).ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task ServerMayEndEarly_WhileTheClientWrites()
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Service.OnCollect = (_, _) => throw new RpcException(new Status(StatusCode.PermissionDenied, "no"));
        using var call = server.Client.Collect();
        var big = new Note { Data = ByteString.CopyFrom(new byte[100_000]) };
        async Task WriteForever()
        {
            while (true)
            {
                await call.RequestStream.WriteAsync(big);
            }
        }

        Assert.Equal(StatusCode.PermissionDenied, (await LoopbackServer.FailsAsync(call.ResponseAsync)).StatusCode);
        Assert.Equal(StatusCode.PermissionDenied, (await LoopbackServer.FailsAsync(WriteForever())).StatusCode);
        await call.RequestStream.CompleteAsync();
    }
}
