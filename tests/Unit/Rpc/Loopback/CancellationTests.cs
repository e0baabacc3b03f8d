using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.Rpc.Tests.Proto;
using Kube.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Kube.Rpc.Tests.Loopback;

public class CancellationTests
{
    [Fact]
    public async Task ClientCancel_ReachesTheHandler()
    {
        await using var server = await LoopbackServer.StartAsync();
        var entered = new TaskCompletionSource();
        var canceled = new TaskCompletionSource();
        server.Service.OnUnary = async (_, context) =>
        {
            entered.SetResult();
            await using var registration = context.CancellationToken.Register(canceled.SetResult);
            await canceled.Task;
            throw new OperationCanceledException(context.CancellationToken);
        };
        using var source = new CancellationTokenSource();
        var call = server.Client.UnaryAsync(new Note(), cancellationToken: source.Token).ResponseAsync;
        await entered.Task.WaitAsync(LoopbackServer.Patience);
        source.Cancel();
        Assert.Equal(StatusCode.Cancelled, (await LoopbackServer.FailsAsync(call)).StatusCode);
        await canceled.Task.WaitAsync(LoopbackServer.Patience);
        server.Service.OnUnary = null;
        Assert.Equal("x", (await server.Client.UnaryAsync(new Note { Text = "x" })).Text);
    }

    [Fact]
    public async Task CanceledBefore_SendsNothing()
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Service.OnUnary = (_, _) => throw new InvalidOperationException("must not be called");
        using var source = new CancellationTokenSource();
        source.Cancel();
        var e = await LoopbackServer.FailsAsync(server.Client.UnaryAsync(new Note(), cancellationToken: source.Token).ResponseAsync);
        Assert.Equal(StatusCode.Cancelled, e.StatusCode);
    }

    [Fact]
    public async Task ThrowOperationCanceled_WhenAskedFor()
    {
        await using var server = await LoopbackServer.StartAsync(
            channel: new GrpcChannelOptions { ThrowOperationCanceledOnCancellation = true });
        using var source = new CancellationTokenSource();
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => server.Client.UnaryAsync(new Note(), cancellationToken: source.Token).ResponseAsync.WaitAsync(LoopbackServer.Patience));
    }

    [Fact]
    public async Task Dispose_InMidStream_EndsReadsAndWritesOfTheHandler()
    {
        await using var server = await LoopbackServer.StartAsync();
        var outcome = new TaskCompletionSource<Exception>();
        server.Service.OnChat = async (requests, responses, context) =>
        {
            try
            {
                while (await requests.MoveNext(context.CancellationToken))
                {
                    await responses.WriteAsync(requests.Current);
                }

                outcome.SetException(new InvalidOperationException("the stream ended well"));
            }
            catch (Exception e)
            {
                outcome.SetResult(e);
                throw;
            }
        };
        var call = server.Client.Chat();
        await call.RequestStream.WriteAsync(new Note());
        Assert.True(await call.ResponseStream.MoveNext());
        var pending = call.ResponseStream.MoveNext();
        call.Dispose();
        Assert.Equal(StatusCode.Cancelled, (await LoopbackServer.FailsAsync(pending)).StatusCode);
        Assert.Equal(StatusCode.Cancelled, (await LoopbackServer.FailsAsync(call.RequestStream.WriteAsync(new Note()))).StatusCode);
        Assert.IsAssignableFrom<OperationCanceledException>(await outcome.Task.WaitAsync(LoopbackServer.Patience));
    }

    [Fact]
    public async Task ReaderThatStops_StopsTheWriter()
    {
        await using var server = await LoopbackServer.StartAsync();
        var written = 0;
        var outcome = new TaskCompletionSource<Exception>();
        server.Service.OnExpand = async (_, responses, _) =>
        {
            try
            {
                while (true)
                {
                    await responses.WriteAsync(new Note { Data = ByteString.CopyFrom(new byte[100_000]) });
                    Interlocked.Increment(ref written);
                }
            }
            catch (Exception e)
            {
                outcome.SetResult(e);
                throw;
            }
        };
        using var handler = GrpcChannel.CreateHandler();
        handler.InitialHttp2StreamWindowSize = 65_535;
        using var channel = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { HttpHandler = handler });
        var call = new Echo.EchoClient(channel).Expand(new Note());
        Assert.True(await call.ResponseStream.MoveNext());

        // The writer goes on until the buffers are full, and then no further: its count stands still.
        var (last, still) = (-1, 0);
        using var patience = new CancellationTokenSource(LoopbackServer.Patience);
        while (still < 50)
        {
            var now = Volatile.Read(ref written);
            still = now == last ? still + 1 : 0;
            last = now;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }

        Assert.InRange(last, 1, 100);
        Assert.False(outcome.Task.IsCompleted);
        call.Dispose();
        Assert.IsAssignableFrom<OperationCanceledException>(await outcome.Task.WaitAsync(LoopbackServer.Patience));
    }

    [Fact]
    public async Task ConnectionLoss_CancelsTheHandler()
    {
        await using var server = await LoopbackServer.StartAsync();
        var entered = new TaskCompletionSource();
        var canceled = new TaskCompletionSource();
        server.Service.OnExpand = async (_, responses, context) =>
        {
            await responses.WriteAsync(new Note());
            entered.SetResult();
            await using var registration = context.CancellationToken.Register(canceled.SetResult);
            await canceled.Task;
        };
        Socket? socket = null;
        using var handler = GrpcChannel.CreateHandler();
        handler.ConnectCallback = async (context, token) =>
        {
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(context.DnsEndPoint, token);
            return new NetworkStream(socket, ownsSocket: true);
        };
        using var channel = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { HttpHandler = handler });
        using var call = new Echo.EchoClient(channel).Expand(new Note());
        Assert.True(await call.ResponseStream.MoveNext());
        await entered.Task.WaitAsync(LoopbackServer.Patience);
        socket!.LingerState = new LingerOption(true, 0);
        socket.Close();
        await canceled.Task.WaitAsync(LoopbackServer.Patience);
        Assert.Equal(StatusCode.Unavailable, (await LoopbackServer.FailsAsync(call.ResponseStream.MoveNext())).StatusCode);
    }

    [Fact]
    public async Task ServerDeadline_CancelsTheHandler_AndIsTheStatus()
    {
        var time = new ManualTimeProvider();
        await using var server = await LoopbackServer.StartAsync(services: services => services.AddSingleton<TimeProvider>(time));
        var entered = new TaskCompletionSource();
        var seen = DateTime.MinValue;
        server.Service.OnExpand = async (_, _, context) =>
        {
            seen = context.Deadline;
            var canceled = new TaskCompletionSource();
            await using var registration = context.CancellationToken.Register(canceled.SetResult);
            entered.SetResult();
            await canceled.Task;
        };

        // The client's own clock stands still, so that the status can only come from the server.
        var clientTime = new ManualTimeProvider();
        using var channel = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { TimeProvider = clientTime });
        var deadline = clientTime.GetUtcNow().UtcDateTime.AddSeconds(5);
        using var call = new Echo.EchoClient(channel).Expand(new Note(), deadline: deadline);
        var read = call.ResponseStream.MoveNext();
        await entered.Task.WaitAsync(LoopbackServer.Patience);
        Assert.Equal(deadline, seen);
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(read.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(StatusCode.DeadlineExceeded, (await LoopbackServer.FailsAsync(read)).StatusCode);
        await Eventually.HoldsAsync(() => time.PendingTimers + clientTime.PendingTimers == 0, "no timer is left");
    }

    [Fact]
    public async Task CallbackThatThrows_AtTheDeadline_StaysWithItsCall()
    {
        var time = new ManualTimeProvider();
        await using var server = await LoopbackServer.StartAsync(services: services => services.AddSingleton<TimeProvider>(time));
        var entered = new TaskCompletionSource();
        server.Service.OnUnary = async (note, context) =>
        {
            var canceled = new TaskCompletionSource();
            await using var first = context.CancellationToken.Register(canceled.SetResult);
            await using var second = context.CancellationToken.Register(() => throw new InvalidOperationException("from a callback"));
            entered.SetResult();
            await canceled.Task;
            return note;
        };
        var call = server.Client.UnaryAsync(new Note(), deadline: DateTime.UtcNow.AddSeconds(30)).ResponseAsync;
        await entered.Task.WaitAsync(LoopbackServer.Patience);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(StatusCode.DeadlineExceeded, (await LoopbackServer.FailsAsync(call)).StatusCode);
    }

    [Fact]
    public async Task ClientDeadline_EndsTheCall_AndTellsTheServer()
    {
        var time = new ManualTimeProvider();
        await using var server = await LoopbackServer.StartAsync(channel: new GrpcChannelOptions { TimeProvider = time });
        var entered = new TaskCompletionSource();
        var canceled = new TaskCompletionSource();
        server.Service.OnUnary = async (_, context) =>
        {
            await using var registration = context.CancellationToken.Register(canceled.SetResult);
            entered.SetResult();
            await canceled.Task;
            return new Note();
        };
        var call = server.Client.UnaryAsync(new Note(), deadline: time.GetUtcNow().UtcDateTime.AddHours(1)).ResponseAsync;
        await entered.Task.WaitAsync(LoopbackServer.Patience);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(StatusCode.DeadlineExceeded, (await LoopbackServer.FailsAsync(call)).StatusCode);
        await canceled.Task.WaitAsync(LoopbackServer.Patience);
    }

    [Theory]
    [InlineData(59, StatusCode.Unknown)]
    [InlineData(60, StatusCode.DeadlineExceeded)]
    public async Task ServerThatGivesUpAtTheDeadline_BeforeTheTimer_IsTheDeadline(int minutes, StatusCode expected)
    {
        var time = new ManualTimeProvider();
        await using var server = await LoopbackServer.StartAsync(channel: new GrpcChannelOptions { TimeProvider = time });
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        server.Service.OnUnary = async (_, _) =>
        {
            entered.SetResult();
            await release.Task;
            throw new RpcException(new Status(StatusCode.Unknown, "my context has ended"));
        };
        var call = server.Client.UnaryAsync(new Note(), deadline: time.GetUtcNow().UtcDateTime.AddHours(1)).ResponseAsync;
        await entered.Task.WaitAsync(LoopbackServer.Patience);
        time.AdvanceClockOnly(TimeSpan.FromMinutes(minutes));
        release.SetResult();
        Assert.Equal(expected, (await LoopbackServer.FailsAsync(call)).StatusCode);
    }

    [Fact]
    public async Task DeadlineInThePast_FailsAtOnce()
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Service.OnUnary = (_, _) => throw new InvalidOperationException("must not be called");
        var e = await LoopbackServer.FailsAsync(
            server.Client.UnaryAsync(new Note(), deadline: DateTime.UnixEpoch).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
    }

    [Fact]
    public async Task FinishedCalls_LeaveNoTimer()
    {
        var time = new ManualTimeProvider();
        await using var server = await LoopbackServer.StartAsync(
            channel: new GrpcChannelOptions { TimeProvider = time },
            services: services => services.AddSingleton<TimeProvider>(time));
        for (var i = 0; i < 10; i++)
        {
            await server.Client.UnaryAsync(new Note(), deadline: time.GetUtcNow().UtcDateTime.AddSeconds(30));
        }

        await Eventually.HoldsAsync(() => time.PendingTimers == 0, "no timer is left");
    }

    [Fact]
    public async Task DisposingTheChannel_CancelsItsCalls()
    {
        await using var server = await LoopbackServer.StartAsync();
        using var call = server.Client.Chat();
        await call.RequestStream.WriteAsync(new Note());
        Assert.True(await call.ResponseStream.MoveNext());
        var pending = call.ResponseStream.MoveNext();
        server.Channel.Dispose();
        Assert.Equal(StatusCode.Cancelled, (await LoopbackServer.FailsAsync(pending)).StatusCode);
        Assert.Throws<ObjectDisposedException>(() => server.Client.UnaryAsync(new Note()));
    }

    [Fact]
    public async Task MoveNextToken_OfTheHandler_EndsOnlyThatRead()
    {
        await using var server = await LoopbackServer.StartAsync();
        using var source = new CancellationTokenSource();
        server.Service.OnChat = async (requests, responses, context) =>
        {
            var read = requests.MoveNext(source.Token);
            await responses.WriteAsync(new Note { Text = "reading" });
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
            await responses.WriteAsync(new Note { Text = "gave up" });
            Assert.True(await requests.MoveNext(context.CancellationToken));
            await responses.WriteAsync(requests.Current);
        };
        using var call = server.Client.Chat();
        Assert.True(await call.ResponseStream.MoveNext());
        source.Cancel();
        Assert.True(await call.ResponseStream.MoveNext().WaitAsync(LoopbackServer.Patience));
        Assert.Equal("gave up", call.ResponseStream.Current.Text);
        await call.RequestStream.WriteAsync(new Note { Text = "late" });
        Assert.True(await call.ResponseStream.MoveNext().WaitAsync(LoopbackServer.Patience));
        Assert.Equal("late", call.ResponseStream.Current.Text);
        Assert.False(await call.ResponseStream.MoveNext().WaitAsync(LoopbackServer.Patience));
    }

    [Fact]
    public async Task Propagation_HandsDeadlineAndCancellationOn()
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Service.OnUnary = async (request, context) => request.Count == 0
            ? await server.Client.UnaryAsync(
                new Note { Count = 1 }, new CallOptions(propagationToken: context.CreatePropagationToken()))
            : new Note { Text = context.Deadline.ToString("O") };
        var deadline = DateTime.UtcNow.AddMinutes(30);
        var note = await server.Client.UnaryAsync(new Note(), deadline: deadline);
        var seen = DateTime.Parse(note.Text, null, System.Globalization.DateTimeStyles.RoundtripKind);
        Assert.InRange((seen - deadline).TotalMinutes, -1, 1);
    }
}
