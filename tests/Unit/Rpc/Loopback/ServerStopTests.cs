using System.Collections.Concurrent;
using Grpc.Core;
using Kube.Rpc.Tests.Proto;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kube.Rpc.Tests.Loopback;

/// <summary>A server that stops while clients have streams open, as a watch is.</summary>
public class ServerStopTests
{
    [Fact]
    public async Task OpenStreams_EndWithoutAnError()
    {
        var logs = new ErrorLog();
        await using var server = await LoopbackServer.StartAsync(services: s => s.AddLogging(l => l.AddProvider(logs)));
        var reading = new TaskCompletionSource();
        var ended = new TaskCompletionSource<Exception>();
        server.Service.OnChat = async (requests, _, context) =>
        {
            using var own = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
            var read = requests.MoveNext(own.Token);
            reading.SetResult();
            try
            {
                await read;
            }
            catch (Exception e)
            {
                ended.SetResult(e);
                throw;
            }
        };
        using var call = server.Client.Chat();
        await reading.Task.WaitAsync(LoopbackServer.Patience);
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await server.App.StopAsync(atOnce.Token);
        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.WaitAsync(LoopbackServer.Patience));
        await LoopbackServer.FailsAsync(call.ResponseStream.MoveNext(default));
        Assert.Empty(logs.Lines);
    }

    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Lines.Enqueue($"{formatter(state, exception)} {exception}");
            }
        }

        public void Dispose()
        {
        }
    }
}
