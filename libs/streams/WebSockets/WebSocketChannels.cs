using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;

namespace Kube.Streams.WebSockets;

/// <summary>
/// Kubernetes' channels over a WebSocket (v4.channel.k8s.io, v5.channel.k8s.io): the first byte of each message is the
/// channel's number, the rest is its data. In v5 a message of channel 255 closes the channel that its one byte names.
/// Channels that were not opened here are dropped. A channel whose reader is slow holds the connection up.
/// <see cref="RunAsync"/> must run for anything to be received.
/// </summary>
public sealed class WebSocketChannels : IAsyncDisposable
{
    private const int MaxMessageBytes = 32 * 1024;
    private const byte CloseChannel = 255;

    private readonly WebSocket _socket;
    private readonly bool _closes;
    private readonly int _bufferBytes;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Dictionary<byte, Pipe> _readable = [];
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Takes the socket over; it is disposed of with this.</summary>
    /// <param name="closes">Whether the protocol has channel 255 (v5).</param>
    public WebSocketChannels(WebSocket socket, bool closes, int bufferBytes = 128 * 1024)
    {
        _socket = socket;
        _closes = closes;
        _bufferBytes = bufferBytes;
    }

    /// <summary>Cancelled when the connection has ended, from whichever side.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Called for every message, either way; for whoever watches for idleness.</summary>
    public Action? Active { get; init; }

    /// <summary>The peer's bytes of a channel. Before <see cref="RunAsync"/> only.</summary>
    public Stream OpenReader(byte channel)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: _bufferBytes, resumeWriterThreshold: _bufferBytes / 2, useSynchronizationContext: false));
        _readable.Add(channel, pipe);
        return pipe.Reader.AsStream();
    }

    /// <summary>A channel to write to.</summary>
    public Stream OpenWriter(byte channel) => new ChannelWriter(this, channel);

    /// <summary>Sends one message; empty data is a message too.</summary>
    /// <exception cref="IOException">The connection has ended.</exception>
    public async ValueTask SendAsync(byte channel, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        var message = ArrayPool<byte>.Shared.Rent(1 + data.Length);
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            message[0] = channel;
            data.CopyTo(message.AsMemory(1));
            await _socket.SendAsync(message.AsMemory(0, 1 + data.Length), WebSocketMessageType.Binary, endOfMessage: true, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw new IOException("the WebSocket connection has ended", e);
        }
        finally
        {
            _writing.Release();
            ArrayPool<byte>.Shared.Return(message);
        }

        Active?.Invoke();
    }

    /// <summary>Receives until the peer closes or <paramref name="cancellation"/> comes; never throws for what the peer does.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        Exception? failure = null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _closing.Token);
        var buffer = new byte[MaxMessageBytes];
        try
        {
            while (await ReceiveMessageAsync(buffer, either.Token).ConfigureAwait(false))
            {
                Active?.Invoke();
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            failure = e as IOException ?? new IOException("the WebSocket connection broke", e);
        }

        foreach (var pipe in _readable.Values)
        {
            await pipe.Writer.CompleteAsync(failure ?? new IOException("the peer closed the connection")).ConfigureAwait(false);
        }

        await _ended.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>Says goodbye, waits until the peer does or <paramref name="cancellation"/> comes.</summary>
    public async Task CloseAsync(CancellationToken cancellation)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = _ended.Token.Register(ended.SetResult).ConfigureAwait(false);
        try
        {
            await _writing.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                await WebSocketClosing.CloseAsync(_socket, cancellation).ConfigureAwait(false);
            }
            finally
            {
                _writing.Release();
            }

            await ended.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Too slow to go: the socket is disposed of next.
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Not every transport ends a read under way when it is disposed of.
        await _closing.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
    }

    /// <summary>Receives one message, in as many pieces as it comes; false when the peer has closed.</summary>
    private async ValueTask<bool> ReceiveMessageAsync(byte[] buffer, CancellationToken cancellation)
    {
        Pipe? target = null;
        byte channel = 0;
        for (var first = true; ; first = false)
        {
            var received = await _socket.ReceiveAsync(buffer.AsMemory(), cancellation).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return false;
            }

            var data = buffer.AsMemory(0, received.Count);
            if (first && !data.IsEmpty)
            {
                channel = data.Span[0];
                data = data[1..];
                target = _readable.GetValueOrDefault(channel);
            }

            if (channel == CloseChannel && _closes && !data.IsEmpty && _readable.Remove(data.Span[0], out var closed))
            {
                await closed.Writer.CompleteAsync().ConfigureAwait(false);
            }
            else if (target is not null && !data.IsEmpty)
            {
                // A reader that is done drops what comes.
                await target.Writer.WriteAsync(data, cancellation).ConfigureAwait(false);
            }

            if (received.EndOfMessage)
            {
                return true;
            }
        }
    }

    private sealed class ChannelWriter(WebSocketChannels channels, byte channel) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (!buffer.IsEmpty)
            {
                var piece = buffer[..Math.Min(buffer.Length, MaxMessageBytes)];
                await channels.SendAsync(channel, piece, cancellationToken).ConfigureAwait(false);
                buffer = buffer[piece.Length..];
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("written asynchronously");

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
