using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Threading.Channels;

namespace Kube.Streams.Spdy;

/// <summary>
/// One end of a SPDY/3.1 connection as Kubernetes speaks it (draft 3 and 3.1): many streams over one transport. Its peers
/// (moby/spdystream in kubectl and containerd) know no flow control windows: they neither obey nor grant them. So neither does
/// this; a stream whose reader is slow holds the connection up, and through it the peer. SETTINGS, HEADERS and
/// WINDOW_UPDATE are read and mean nothing here. <see cref="RunAsync"/> must run for anything to happen; all else may be called from any
/// thread.
/// </summary>
public sealed partial class SpdyConnection : IAsyncDisposable
{
    private const int MaxControlBytes = 64 * 1024;
    private const int PendingStreams = 64;

    private readonly Stream _transport;
    private readonly SpdyLimits _limits;
    private readonly PipeReader _reader;
    private readonly bool _server;
    private readonly SpdyHeaderReader _headerReader = new();
    private readonly SpdyHeaderWriter _headerWriter = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentDictionary<int, SpdyStream> _streams = new();
    private readonly Channel<SpdyStream> _accepted = Channel.CreateBounded<SpdyStream>(PendingStreams);
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _closing = new();
    private int _nextStream;
    private int _nextPing;
    private int _lastReceived;
    private volatile bool _going;

    /// <summary>Takes the transport over; it is disposed of with the connection.</summary>
    /// <param name="server">Whether this is the end that the connection was made to: its own streams have even numbers.</param>
    public SpdyConnection(Stream transport, bool server, SpdyLimits? limits = null)
    {
        _transport = transport;
        _server = server;
        _limits = limits ?? new SpdyLimits();
        _nextStream = server ? 2 : 1;
        _nextPing = _nextStream;
        _reader = PipeReader.Create(transport, new StreamPipeReaderOptions(bufferSize: 32 * 1024, leaveOpen: true));
    }

    /// <summary>Cancelled when the connection has ended, from whichever side.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>
    /// How often to send a ping, and by whose clock; null for never. The answer is not waited for: it may stand behind data that
    /// nobody reads. But a machine whose program is gone answers whatever comes with a reset, and so a connection of which nobody
    /// reads, because a stream's reader stands still, is noticed to be dead.
    /// </summary>
    public (TimeSpan Period, TimeProvider Time)? KeepAlive { get; init; }

    /// <summary>Called for every frame of data, either way; for whoever watches for idleness.</summary>
    public Action? Active { get; init; }

    /// <summary>
    /// Reads frames until the peer closes, breaks the protocol or <paramref name="cancellation"/> comes. Never throws for what the
    /// peer does: the answer says how it ended, null for an orderly end.
    /// </summary>
    public async Task<Exception?> RunAsync(CancellationToken cancellation)
    {
        Exception? failure = null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _closing.Token);
        var pinging = KeepAlive is { } keep ? PingAsync(keep.Period, keep.Time, either) : Task.CompletedTask;
        try
        {
            while (await ReadFrameAsync(either.Token).ConfigureAwait(false))
            {
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or System.Net.WebSockets.WebSocketException)
        {
            failure = e;
        }

        await either.CancelAsync().ConfigureAwait(false);
        await pinging.ConfigureAwait(false);
        _going = true;
        _accepted.Writer.TryComplete();
        foreach (var stream in _streams.Values)
        {
            stream.Lost(failure);
        }

        _headerReader.Dispose();
        await _ended.CancelAsync().ConfigureAwait(false);
        return failure;
    }

    /// <summary>The next stream that the peer has opened; null when the connection has ended.</summary>
    public async ValueTask<SpdyStream?> AcceptAsync(CancellationToken cancellation)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
        {
            if (_accepted.Reader.TryRead(out var stream))
            {
                return stream;
            }
        }

        return null;
    }

    /// <summary>Opens a stream and waits until the peer has taken it.</summary>
    /// <exception cref="SpdyException">The peer refuses, or the connection has ended.</exception>
    public async Task<SpdyStream> OpenAsync(IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellation)
    {
        SpdyStream stream;
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            // Numbers must rise on the wire and the compressor's state follow the order of frames: both under the lock.
            stream = new SpdyStream(this, _nextStream, headers, _limits);
            _nextStream += 2;
            _streams[stream.Id] = stream;
            var block = _headerWriter.Write(headers);
            var frame = SpdyFrameHead.Control(SpdyFrameType.SynStream, 0, 10 + block.Length);
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(8), stream.Id);
            block.CopyTo(frame.AsSpan(18));
            await _transport.WriteAsync(frame, cancellation).ConfigureAwait(false);
            await _transport.FlushAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }

        if (_ended.IsCancellationRequested)
        {
            stream.Lost(null);
        }

        await stream.Replied.WaitAsync(cancellation).ConfigureAwait(false);
        return stream;
    }

    /// <summary>
    /// Says that no more streams are taken and waits until the peer closes the connection or <paramref name="cancellation"/> comes.
    /// </summary>
    public async Task GoAwayAsync(CancellationToken cancellation)
    {
        _going = true;
        var frame = SpdyFrameHead.Control(SpdyFrameType.GoAway, 0, 8);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(8), _lastReceived);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = _ended.Token.Register(ended.SetResult).ConfigureAwait(false);
        try
        {
            await WriteAsync(frame, cancellation).ConfigureAwait(false);
            await ended.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Gone already, or too slow to go: the transport is closed next either way.
        }
    }

    /// <summary>Closes the transport. Whoever runs <see cref="RunAsync"/> sees it end.</summary>
    public async ValueTask DisposeAsync()
    {
        // Not every transport ends a read under way when it is disposed of.
        await _closing.CancelAsync().ConfigureAwait(false);
        await _transport.DisposeAsync().ConfigureAwait(false);
        foreach (var stream in _streams.Values)
        {
            stream.Lost(null);
        }
    }

    /// <summary>Sends a piece of a stream's data.</summary>
    internal async ValueTask WriteDataAsync(int stream, ReadOnlyMemory<byte> data, bool last, CancellationToken cancellation)
    {
        var frame = ArrayPool<byte>.Shared.Rent(SpdyFrameHead.SizeBytes + data.Length);
        try
        {
            SpdyFrameHead.Data(frame, stream, last ? SpdyFrameHead.Fin : (byte)0, data.Length);
            data.CopyTo(frame.AsMemory(SpdyFrameHead.SizeBytes));
            await WriteAsync(frame.AsMemory(0, SpdyFrameHead.SizeBytes + data.Length), cancellation).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }

        Active?.Invoke();
    }

    internal async Task ResetAsync(int stream, SpdyResetReason reason, CancellationToken cancellation)
    {
        var frame = SpdyFrameHead.Control(SpdyFrameType.RstStream, 0, 8);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(8), stream);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(12), (int)reason);
        await WriteAsync(frame, cancellation).ConfigureAwait(false);
    }

    /// <summary>Sends pings until <paramref name="over"/>, which it cancels when one cannot be sent.</summary>
    private async Task PingAsync(TimeSpan period, TimeProvider time, CancellationTokenSource over)
    {
        using var timer = new PeriodicTimer(period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(over.Token).ConfigureAwait(false))
            {
                var frame = SpdyFrameHead.Control(SpdyFrameType.Ping, 0, 4);
                BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(8), _nextPing);
                _nextPing += 2;
                await WriteAsync(frame, over.Token).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            await over.CancelAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The connection has ended.
        }
    }

    internal void Forget(int stream) => _streams.TryRemove(stream, out _);

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await _transport.WriteAsync(frame, cancellation).ConfigureAwait(false);
            await _transport.FlushAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ObjectDisposedException or InvalidOperationException or System.Net.WebSockets.WebSocketException)
        {
            throw new SpdyException("the connection has ended", e);
        }
        finally
        {
            _writing.Release();
        }
    }
}
