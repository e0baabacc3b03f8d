using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Kube.ApiServer.Registry.Subresources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kube.ApiServer.Tests.Registry;

/// <summary>How a log over a WebSocket ends.</summary>
public sealed class LogWebSocketTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BreakingLog _log = new();
    private WebApplication _server = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _server = builder.Build();
        _server.MapGet("/log", async http =>
        {
            try
            {
                await LogWebSocket.SendAsync(http, _log, TimeProvider.System, http.RequestAborted);
                _ended.SetResult(null);
            }
            catch (Exception e)
            {
                _ended.SetResult(e);
                http.Abort();
            }
        });
        await _server.StartAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_log_that_breaks_off_ends_all_that_serves_it()
    {
        using var client = await ConnectAsync();
        Assert.Equal("", await ReadAsync(client));
        Assert.True(_log.Pieces.Writer.TryWrite("hello"));
        Assert.Equal("hello", await ReadAsync(client));
        _log.Pieces.Writer.Complete();
        Assert.IsType<IOException>(await _ended.Task.WaitAsync(Limit));
        await Assert.ThrowsAsync<WebSocketException>(() => ReadAsync(client));
    }

    [Fact]
    public async Task A_client_that_closes_ends_the_reading()
    {
        using var client = await ConnectAsync();
        Assert.Equal("", await ReadAsync(client));
        using var limit = new CancellationTokenSource(Limit);
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", limit.Token);
        Assert.Null(await _ended.Task.WaitAsync(Limit));
    }

    private static async Task<string> ReadAsync(ClientWebSocket client)
    {
        using var limit = new CancellationTokenSource(Limit);
        var buffer = new byte[100];
        var message = await client.ReceiveAsync(buffer, limit.Token);
        return Encoding.UTF8.GetString(buffer, 0, message.Count);
    }

    private async Task<ClientWebSocket> ConnectAsync()
    {
        var address = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var client = new ClientWebSocket();
        using var limit = new CancellationTokenSource(Limit);
        await client.ConnectAsync(new Uri(address.Replace("http://", "ws://", StringComparison.Ordinal) + "/log"), limit.Token);
        return client;
    }

    /// <summary>A log whose kubelet goes away once there is no more piece to come.</summary>
    private sealed class BreakingLog : Stream
    {
        public Channel<string> Pieces { get; } = Channel.CreateBounded<string>(10);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            return await Pieces.Reader.WaitToReadAsync(cancellationToken) && Pieces.Reader.TryRead(out var piece)
                ? Encoding.UTF8.GetBytes(piece, buffer.Span)
                : throw new IOException("the kubelet is gone");
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
