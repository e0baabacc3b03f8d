namespace Kube.RaftStore.Storage.Snapshots;

/// <summary>
/// A snapshot as a peer gets it: head, state and trailer of a file that refers to nothing, made while it is read. It can be read forward only,
/// and skipping does not read what it skips of values.
/// </summary>
/// <param name="head">The head of such a file.</param>
/// <param name="state">The state, at its beginning; disposed with this.</param>
/// <param name="stateBytes">How long the state is.</param>
/// <param name="onDispose">What is to be done when nobody reads any more.</param>
internal sealed class ExpandedSnapshot(byte[] head, StateFrameReader state, long stateBytes, Action onDispose) : Stream
{
    private readonly long _stateEnd = head.Length + stateBytes;
    private byte[]? _trailer;
    private long _at;
    private uint _crc;
    private bool _isDisposed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _stateEnd + SnapshotHead.TrailerBytes;

    public override long Position
    {
        get => _at;
        set => Skip(value - _at);
    }

    public override int Read(Span<byte> buffer)
    {
        var count = _at < head.Length ? Copy(head, _at, buffer)
            : _at < _stateEnd ? ReadState(buffer)
            : Copy(_trailer ??= SnapshotHead.Trailer(stateBytes, _crc), _at - _stateEnd, buffer);
        _at += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            state.Dispose();
            onDispose();
        }

        base.Dispose(disposing);
    }

    private static int Copy(byte[] source, long from, Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, source.Length - from);
        source.AsSpan((int)from, count).CopyTo(buffer);
        return count;
    }

    private int ReadState(Span<byte> buffer)
    {
        var count = state.Read(buffer);
        _crc = Crc32C.Append(_crc, buffer[..count]);
        return count;
    }

    private void Skip(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var buffer = new byte[1 << 16];
        while (bytes > 0)
        {
            if (_at >= head.Length && state.Next is { } value && value.Length <= bytes && state.TryTakeReference(out value))
            {
                _crc = Mvcc.Crc32CJoin.Of(_crc, value.Checksum, value.Length);
                _at += value.Length;
                bytes -= value.Length;
                continue;
            }

            var count = Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, bytes)));
            if (count == 0)
            {
                return;
            }

            bytes -= count;
        }
    }
}
