using System.Buffers;
using System.Buffers.Binary;

namespace Kube.Streams.Spdy;

/// <summary>What the peer sends. One reader: frames are taken in their order.</summary>
public sealed partial class SpdyConnection
{
    /// <summary>Takes one frame; false at the end of the connection.</summary>
    private async ValueTask<bool> ReadFrameAsync(CancellationToken cancellation)
    {
        var read = await _reader.ReadAtLeastAsync(SpdyFrameHead.SizeBytes, cancellation).ConfigureAwait(false);
        if (read.Buffer.Length < SpdyFrameHead.SizeBytes)
        {
            return read.Buffer.IsEmpty ? false : throw new SpdyException("the connection ends within a frame");
        }

        var head = ParseHead(read.Buffer);
        _reader.AdvanceTo(read.Buffer.GetPosition(SpdyFrameHead.SizeBytes));
        if (!head.IsControl)
        {
            await ReadDataAsync(head, cancellation).ConfigureAwait(false);
            Active?.Invoke();
            return true;
        }

        if (head.Version != SpdyFrameHead.Version3 || head.LengthBytes > MaxControlBytes)
        {
            throw new SpdyException($"a control frame has version {head.Version} and {head.LengthBytes} bytes");
        }

        read = await _reader.ReadAtLeastAsync(head.LengthBytes, cancellation).ConfigureAwait(false);
        if (read.Buffer.Length < head.LengthBytes)
        {
            throw new SpdyException("the connection ends within a frame");
        }

        var payload = read.Buffer.Slice(0, head.LengthBytes).ToArray();
        _reader.AdvanceTo(read.Buffer.GetPosition(head.LengthBytes));
        await HandleAsync(head, payload, cancellation).ConfigureAwait(false);
        return true;
    }

    private static SpdyFrameHead ParseHead(ReadOnlySequence<byte> buffer)
    {
        Span<byte> bytes = stackalloc byte[SpdyFrameHead.SizeBytes];
        buffer.Slice(0, SpdyFrameHead.SizeBytes).CopyTo(bytes);
        return SpdyFrameHead.Parse(bytes);
    }

    /// <summary>Moves a data frame to its stream piece by piece, as fast as the stream takes it.</summary>
    private async ValueTask ReadDataAsync(SpdyFrameHead head, CancellationToken cancellation)
    {
        var stream = _streams.GetValueOrDefault(head.Stream);
        long left = head.LengthBytes;
        while (left > 0)
        {
            var read = await _reader.ReadAsync(cancellation).ConfigureAwait(false);
            if (read.Buffer.IsEmpty && read.IsCompleted)
            {
                throw new SpdyException("the connection ends within a frame");
            }

            var piece = read.Buffer.Slice(0, Math.Min(left, read.Buffer.Length));
            left -= piece.Length;
            if (stream is not null)
            {
                await stream.ReceiveAsync(piece, cancellation).ConfigureAwait(false);
            }

            _reader.AdvanceTo(piece.End);
        }

        if (head.IsLast)
        {
            stream?.ReceiveEnd();
        }
    }

    private async ValueTask HandleAsync(SpdyFrameHead head, byte[] payload, CancellationToken cancellation)
    {
        switch (head.Type)
        {
            case SpdyFrameType.SynStream:
                await OpenedAsync(head, payload, cancellation).ConfigureAwait(false);
                break;
            case SpdyFrameType.SynReply:
                // The block is read even for a stream that is gone: the compressor's state goes on.
                _headerReader.Read(payload.AsMemory(Checked(payload, 4)));
                Find(payload)?.Accepted(head.IsLast);
                break;
            case SpdyFrameType.Headers:
                _headerReader.Read(payload.AsMemory(Checked(payload, 4)));
                if (head.IsLast)
                {
                    Find(payload)?.ReceiveEnd();
                }

                break;
            case SpdyFrameType.RstStream:
                Checked(payload, 8);
                Find(payload)?.ReceiveReset((SpdyResetReason)BinaryPrimitives.ReadInt32BigEndian(payload.AsSpan(4)));
                break;
            case SpdyFrameType.Ping:
                Checked(payload, 4);
                await AnswerPingAsync(payload, cancellation).ConfigureAwait(false);
                break;
            case SpdyFrameType.GoAway:
                _going = true;
                break;
            default:
                // SETTINGS, WINDOW_UPDATE and what later versions may bring: nothing to do, as the protocol wants it.
                break;
        }
    }

    private async ValueTask OpenedAsync(SpdyFrameHead head, byte[] payload, CancellationToken cancellation)
    {
        var headers = _headerReader.Read(payload.AsMemory(Checked(payload, 10)));
        var id = BinaryPrimitives.ReadInt32BigEndian(payload) & 0x7fffffff;
        if (id == 0 || id % 2 != (_server ? 1 : 0) || id <= _lastReceived)
        {
            throw new SpdyException($"stream {id} is opened out of order");
        }

        _lastReceived = id;
        var stream = new SpdyStream(this, id, headers, _limits);
        if (_going || _streams.Count >= _limits.MaxStreams)
        {
            await ResetAsync(id, SpdyResetReason.RefusedStream, cancellation).ConfigureAwait(false);
            return;
        }

        stream.Accepted(head.IsLast);
        _streams[id] = stream;
        await ReplyAsync(id, cancellation).ConfigureAwait(false);
        if (!_accepted.Writer.TryWrite(stream))
        {
            Forget(id);
            await ResetAsync(id, SpdyResetReason.RefusedStream, cancellation).ConfigureAwait(false);
        }
    }

    private async Task ReplyAsync(int id, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var block = _headerWriter.Write([]);
            var frame = SpdyFrameHead.Control(SpdyFrameType.SynReply, 0, 4 + block.Length);
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(8), id);
            block.CopyTo(frame.AsSpan(12));
            await _transport.WriteAsync(frame, cancellation).ConfigureAwait(false);
            await _transport.FlushAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>A ping is the peer's when its number has the peer's parity; an answer to one of ours is not waited for.</summary>
    private async ValueTask AnswerPingAsync(byte[] payload, CancellationToken cancellation)
    {
        if (BinaryPrimitives.ReadInt32BigEndian(payload) % 2 != 0 == _server)
        {
            var frame = SpdyFrameHead.Control(SpdyFrameType.Ping, 0, 4);
            payload.AsSpan(0, 4).CopyTo(frame.AsSpan(8));
            await WriteAsync(frame, cancellation).ConfigureAwait(false);
        }
    }

    private SpdyStream? Find(byte[] payload) => _streams.GetValueOrDefault(BinaryPrimitives.ReadInt32BigEndian(payload) & 0x7fffffff);

    /// <exception cref="SpdyException">The frame is shorter than its kind is at least.</exception>
    private static int Checked(byte[] payload, int leastBytes) =>
        payload.Length >= leastBytes ? leastBytes : throw new SpdyException($"a control frame of {payload.Length} bytes is too short");
}
