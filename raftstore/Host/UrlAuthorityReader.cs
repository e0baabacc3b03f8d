using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Kube.RaftStore.Host;

/// <summary>
/// Lets clients in that send a whole URL as :authority. etcdctl does when its endpoints are written as URLs and it
/// asks one member something (endpoint status, hashkv, defrag): grpc-go takes what it dials for the authority.
/// Kestrel resets such a stream, where etcd's server does not look.
/// </summary>
/// <remarks>
/// Stands between TLS and HTTP/2. A client's connection has one authority, so the first HEADERS frame decides: if
/// it is no URL, all further bytes pass untouched; otherwise each HEADERS frame of the connection gets a plain
/// host name in its place. Only the string is exchanged, in whatever form it stands, so that the peers' header
/// tables (RFC 7541) keep the same entries in the same places.
/// </remarks>
internal sealed class UrlAuthorityReader : PipeReader
{
    private const int FrameHeadBytes = 9;
    private const byte HeadersFrame = 1;
    private const int MaxFrameBytes = 16 * 1024;

    private readonly PipeReader _inner;
    private readonly Pipe _checked = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private State _state = State.Preface;
    private bool _readFromInner;
    private bool _isEnded;
    private bool _isUrl;
    private long _passing;

    private UrlAuthorityReader(PipeReader inner) => _inner = inner;

    private enum State
    {
        /// <summary>The client's 24 bytes that say it speaks HTTP/2 have not come yet.</summary>
        Preface,

        /// <summary>Frames go through <see cref="_checked"/>.</summary>
        Frames,

        /// <summary>Nothing is looked at any more.</summary>
        Raw,
    }

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Puts it before HTTP on a listener.</summary>
    public static void UseOn(ListenOptions listen) => listen.Use(next => async connection =>
    {
        var transport = connection.Transport;
        connection.Transport = new Duplex(new UrlAuthorityReader(transport.Input), transport.Output);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            connection.Transport = transport;
        }
    });

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (TryReadChecked(out var ready))
            {
                return ready;
            }
            var read = await _inner.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (_state == State.Raw)
            {
                _readFromInner = true;
                return read;
            }
            if (read.IsCanceled)
            {
                _inner.AdvanceTo(read.Buffer.Start);
                return new ReadResult(default, isCanceled: true, isCompleted: false);
            }
            await TakeAsync(read, cancellationToken).ConfigureAwait(false);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        if (TryReadChecked(out result))
        {
            return true;
        }
        _readFromInner = _state == State.Raw && _inner.TryRead(out result);
        return _readFromInner;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_readFromInner)
        {
            _inner.AdvanceTo(consumed, examined);
        }
        else if (consumed.GetObject() is not null)
        {
            _checked.Reader.AdvanceTo(consumed, examined);
        }
    }

    public override void CancelPendingRead() => _inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        _checked.Writer.Complete();
        _checked.Reader.Complete();
        _inner.Complete(exception);
    }

    private bool TryReadChecked(out ReadResult result)
    {
        if (_state == State.Preface || !_checked.Reader.TryRead(out result))
        {
            result = default;
            return false;
        }
        if (_state == State.Raw && result.Buffer.IsEmpty && !_isEnded)
        {
            _checked.Reader.AdvanceTo(result.Buffer.Start);
            return false;
        }
        _readFromInner = false;
        return true;
    }

    /// <summary>Checks what has come and hands on what is whole.</summary>
    private async ValueTask TakeAsync(ReadResult read, CancellationToken cancellationToken)
    {
        var left = read.Buffer;
        if (_state == State.Preface && !TryTakePreface(ref left, read.IsCompleted))
        {
            _inner.AdvanceTo(read.Buffer.Start, _state == State.Raw ? read.Buffer.Start : read.Buffer.End);
            return;
        }
        while (_state == State.Frames && TryTakeFrame(ref left))
        {
        }
        if (read.IsCompleted && _state == State.Frames)
        {
            Copy(left);
            left = left.Slice(left.End);
            _isEnded = true;
            await _checked.Writer.CompleteAsync().ConfigureAwait(false);
        }
        else
        {
            await _checked.Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        _inner.AdvanceTo(left.Start, _state == State.Raw ? left.Start : read.Buffer.End);
    }

    /// <returns>False when there is nothing to check: too few bytes yet, or not HTTP/2.</returns>
    private bool TryTakePreface(ref ReadOnlySequence<byte> left, bool isCompleted)
    {
        Span<byte> start = stackalloc byte[24];
        var length = (int)Math.Min(left.Length, start.Length);
        left.Slice(0, length).CopyTo(start);
        if (!Preface.StartsWith(start[..length]) || (isCompleted && length < start.Length))
        {
            _state = State.Raw;
            return false;
        }
        if (length < start.Length)
        {
            return false;
        }
        Copy(left.Slice(0, length));
        left = left.Slice(length);
        _state = State.Frames;
        return true;
    }

    private bool TryTakeFrame(ref ReadOnlySequence<byte> left)
    {
        if (_passing > 0)
        {
            var part = left.Slice(0, Math.Min(_passing, left.Length));
            Copy(part);
            _passing -= part.Length;
            left = left.Slice(part.End);
            return _passing == 0;
        }
        if (left.Length < FrameHeadBytes)
        {
            return false;
        }
        Span<byte> head = stackalloc byte[FrameHeadBytes];
        left.Slice(0, FrameHeadBytes).CopyTo(head);
        var length = (head[0] << 16) | (head[1] << 8) | head[2];
        if (head[3] != HeadersFrame || length > MaxFrameBytes)
        {
            _passing = FrameHeadBytes + length;
            return true;
        }
        if (left.Length < FrameHeadBytes + length)
        {
            return false;
        }
        TakeHeaders(head, left.Slice(FrameHeadBytes, length).ToArray());
        left = left.Slice(FrameHeadBytes + length);
        return true;
    }

    private void TakeHeaders(Span<byte> head, byte[] payload)
    {
        var block = HeaderBlock.WithoutUrlAuthority(payload, head[4]);
        _isUrl |= block is not null;
        block ??= payload;
        head[0] = (byte)(block.Length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(head[1..], (ushort)block.Length);
        _checked.Writer.Write(head);
        _checked.Writer.Write(block);
        if (!_isUrl)
        {
            _state = State.Raw;
        }
    }

    private void Copy(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
        {
            _checked.Writer.Write(segment.Span);
        }
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
