using System.Buffers.Binary;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Storage.Snapshots;

/// <summary>
/// Reads a state out of frames. Values that are references can be taken as such; read on, they are read from their files, and are
/// then bytes like all others. Frames are verified when their end is reached, values when they are read.
/// </summary>
/// <param name="file">Where the first frame begins; disposed with this.</param>
/// <param name="path">Its name, for errors.</param>
/// <param name="values">Where the values are; null for a reader that takes all references.</param>
internal sealed class StateFrameReader(Stream file, string path, IValueFile? values) : Stream, IValueReferenceSource
{
    private readonly long _start = file.Position;
    private bool _isBegun;
    private bool _isAtEnd;

    /// <summary>Bytes of the state that are left in the frame.</summary>
    private int _left;

    /// <summary>The value that comes next, and what of it was read.</summary>
    private ValueReference? _reference;
    private byte[]? _value;
    private int _valueAt;
    private long _read;
    private uint _crc;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    /// <summary>Bytes that it takes in the file: what is referred to is not there.</summary>
    public override long Length => file.Length - _start;

    /// <summary>Bytes of the state read so far, or taken.</summary>
    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    /// <summary>The value that comes next, where it is a reference of which nothing was read.</summary>
    public ValueReference? Next
    {
        get
        {
            Begin();
            return _valueAt == 0 ? _reference : null;
        }
    }

    /// <summary>How far the file was read.</summary>
    public long FilePosition => file.Position;

    /// <summary>Reads to the end, and reads no value.</summary>
    public void Walk(Action<ValueReference> onReference)
    {
        var buffer = new byte[1 << 16];
        while (true)
        {
            if (TryTakeReference(out var reference))
            {
                onReference(reference);
            }
            else if (Read(buffer) == 0)
            {
                return;
            }
        }
    }

    public bool TryTakeReference(out ValueReference reference)
    {
        reference = Next.GetValueOrDefault();
        if (Next is null)
        {
            return false;
        }

        _read += reference.Length;
        ReadHead();
        return true;
    }

    public override int Read(Span<byte> buffer)
    {
        Begin();
        if (_isAtEnd || buffer.IsEmpty)
        {
            return 0;
        }

        var count = _reference is { } reference ? ReadValue(reference, buffer) : ReadLiteral(buffer);
        _read += count;
        if (_left == 0 && (_reference is null || _valueAt == _value!.Length))
        {
            ReadHead();
        }

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
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Begin()
    {
        if (!_isBegun)
        {
            _isBegun = true;
            ReadHead();
        }
    }

    private int ReadLiteral(Span<byte> buffer)
    {
        var count = file.Read(buffer[..Math.Min(buffer.Length, _left)]);
        if (count == 0)
        {
            throw CutShort();
        }

        _crc = Crc32C.Append(_crc, buffer[..count]);
        _left -= count;
        return count;
    }

    private int ReadValue(in ValueReference reference, Span<byte> buffer)
    {
        if (_value is null)
        {
            _value = new byte[reference.Length];
            values!.Read(reference.Place + reference.Offset, _value);
            if (Crc32C.Of(_value) != reference.Checksum)
            {
                throw values.Damaged(reference.Place + reference.Offset, $"{reference.Length} bytes of a value are not what was written");
            }
        }

        var count = Math.Min(buffer.Length, _value.Length - _valueAt);
        _value.AsSpan(_valueAt, count).CopyTo(buffer);
        _valueAt += count;
        return count;
    }

    /// <summary>Goes on to the next frame, or finds the end and looks whether all before was sound.</summary>
    private void ReadHead()
    {
        (_reference, _value, _valueAt) = (null, null, 0);
        var at = file.Position;
        Span<byte> bytes = stackalloc byte[StateFrame.ReferenceBytes];
        Take(bytes[..StateFrame.HeadBytes]);
        switch (BinaryPrimitives.ReadInt32LittleEndian(bytes))
        {
            case StateFrame.End:
                _isAtEnd = true;
                SnapshotFile.CheckTrailer(file, path, _read, _crc);
                break;
            case StateFrame.Reference:
                Take(bytes);
                _reference = StateFrame.Read(bytes) is { IsPlausible: true } found ? found : throw new StorageCorruptException(path, at, "a value is not within its piece");
                break;
            case > 0 and var length:
                _left = length;
                break;
            default:
                throw new StorageCorruptException(path, at, "no frame begins here");
        }
    }

    private void Take(Span<byte> bytes)
    {
        if (file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw CutShort();
        }

        _crc = Crc32C.Append(_crc, bytes);
    }

    private StorageCorruptException CutShort() => new(path, file.Position, "the snapshot is cut short");
}
