using System.Buffers;
using System.IO.Pipelines;

namespace Kube.Streams.Spdy;

/// <summary>
/// One stream of a connection, both ways. Reading gives the peer's bytes, 0 after its last, and an
/// <see cref="SpdyException"/> when the stream was reset or the connection broke. One reader and one writer at a time.
/// Disposing a stream that has not ended on both sides resets it.
/// </summary>
public sealed class SpdyStream : Stream
{
    private const int MaxFrameBytes = 32 * 1024;

    private readonly SpdyConnection _connection;
    private readonly Pipe _received;
    private readonly Stream _reading;
    private readonly TaskCompletionSource _replied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private SpdyException? _brokenBy;
    private bool _peerDone;
    private bool _done;

    internal SpdyStream(SpdyConnection connection, int id, IReadOnlyList<KeyValuePair<string, string>> headers, SpdyLimits limits)
    {
        _connection = connection;
        Id = id;
        Headers = headers;
        _received = new Pipe(new PipeOptions(
            pauseWriterThreshold: limits.StreamBufferBytes, resumeWriterThreshold: limits.StreamBufferBytes / 2, useSynchronizationContext: false));
        _reading = _received.Reader.AsStream();
    }

    public int Id { get; }

    /// <summary>The headers that the stream was opened with.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Completes when the peer has taken the stream.</summary>
    internal Task Replied => _replied.Task;

    /// <summary>The first value of a header; null without it. Names are compared without regard to case.</summary>
    public string? Header(string name) => Headers.FirstOrDefault(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _reading.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return read == 0 && !buffer.IsEmpty && Volatile.Read(ref _brokenBy) is { } why ? throw why : read;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            if (_done)
            {
                throw new SpdyException($"stream {Id} has ended");
            }

            var piece = buffer[..Math.Min(buffer.Length, MaxFrameBytes)];
            await _connection.WriteDataAsync(Id, piece, last: false, cancellationToken).ConfigureAwait(false);
            buffer = buffer[piece.Length..];
        }
    }

    /// <summary>Says that nothing more will be written; what was written before arrives. Reading goes on.</summary>
    public async Task EndWritesAsync(CancellationToken cancellation)
    {
        if (!Finish(mine: true))
        {
            return;
        }

        await _connection.WriteDataAsync(Id, default, last: true, cancellation).ConfigureAwait(false);
    }

    /// <summary>Ends the stream both ways at once; the peer drops what it has not read.</summary>
    public async Task ResetAsync(SpdyResetReason reason, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_done && _peerDone)
            {
                return;
            }

            (_done, _peerDone) = (true, true);
        }

        _connection.Forget(Id);
        Break(new SpdyException($"stream {Id} was reset"));
        await _connection.ResetAsync(Id, reason, cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads no more: what the peer still sends is dropped, and holds nothing up.</summary>
    public void Drop() => _received.Reader.Complete();

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await ResetAsync(SpdyResetReason.Cancel, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The connection is gone, and the stream with it.
        }

        // A reader that is done makes the connection drop what still comes.
        await _reading.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("streams are read asynchronously");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("streams are written asynchronously");

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    internal void Accepted(bool last)
    {
        _replied.TrySetResult();
        if (last)
        {
            ReceiveEnd();
        }
    }

    /// <summary>Takes bytes of the peer; waits while the reader is behind.</summary>
    internal async ValueTask ReceiveAsync(ReadOnlySequence<byte> data, CancellationToken cancellation)
    {
        if (_peerDone)
        {
            return;
        }

        try
        {
            foreach (var piece in data)
            {
                var flushed = await _received.Writer.WriteAsync(piece, cancellation).ConfigureAwait(false);
                if (flushed.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (InvalidOperationException) when (_peerDone)
        {
            // This side has reset the stream meanwhile: what comes after that is dropped.
        }
    }

    internal void ReceiveEnd()
    {
        if (Finish(mine: false))
        {
            _received.Writer.Complete();
        }
    }

    internal void ReceiveReset(SpdyResetReason reason) =>
        Abandon(new SpdyException($"the peer reset stream {Id}: {reason}"));

    /// <summary>The connection has ended.</summary>
    internal void Lost(Exception? why) => Abandon(new SpdyException("the connection has ended", why));

    private void Abandon(SpdyException why)
    {
        bool reading;
        lock (_gate)
        {
            reading = !_peerDone;
            (_done, _peerDone) = (true, true);
        }

        _connection.Forget(Id);
        if (reading)
        {
            Break(why);
        }

        _replied.TrySetException(why);
        _ = _replied.Task.Exception;
    }

    /// <summary>
    /// Ends what can be read. A pipe that is completed with an exception throws away what nobody has read yet, and a peer may
    /// well reset a stream behind its last word: so the reader gets the bytes first and then the reason.
    /// </summary>
    private void Break(SpdyException why)
    {
        Volatile.Write(ref _brokenBy, why);
        _received.Writer.Complete();
    }

    /// <summary>Notes the end of a side; false when it had ended before.</summary>
    private bool Finish(bool mine)
    {
        bool first;
        bool both;
        lock (_gate)
        {
            first = mine ? !_done : !_peerDone;
            _done |= mine;
            _peerDone |= !mine;
            both = _done && _peerDone;
        }

        if (both)
        {
            _connection.Forget(Id);
        }

        return first;
    }
}
