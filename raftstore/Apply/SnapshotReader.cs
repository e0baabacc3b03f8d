using System.Buffers.Binary;
using System.Text;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Apply;

/// <summary>
/// Reads a snapshot's fields through a buffer. Whatever is wrong with the bytes is an <see cref="InvalidDataException"/>.
/// </summary>
internal sealed class SnapshotReader(Stream source)
{
    private const int MostBufferBytes = 256 << 10;

    private readonly IValueReferenceSource? _references = source as IValueReferenceSource;
    private byte[] _buffer = new byte[source.CanSeek ? Math.Clamp(source.Length - source.Position, 1 << 10, MostBufferBytes) : MostBufferBytes];
    private int _at;
    private int _end;

    /// <summary>Bytes of the buffer up to here are in the checksum.</summary>
    private int _summed;
    private uint _checksum = uint.MaxValue;

    /// <returns>The format version.</returns>
    public int ReadHeader()
    {
        if (!Take(8).SequenceEqual(SnapshotFormat.Magic))
        {
            throw new InvalidDataException("not a snapshot of this store");
        }
        var version = ReadInt64();
        return version is >= 1 and <= SnapshotFormat.FormatVersion
            ? (int)version
            : throw new InvalidDataException($"snapshot format {version} is not known to this version");
    }

    public byte ReadByte() => Take(1)[0];

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public long ReadCount()
    {
        var count = ReadInt64();
        return count >= 0 ? count : throw new InvalidDataException("snapshot holds a negative count");
    }

    public byte[] ReadBytes() => ReadSpan().ToArray();

    /// <summary>A byte string, good until the next read.</summary>
    public ReadOnlySpan<byte> ReadSpan() => Take(ReadLength());

    /// <summary>A byte string, good until the next read, or the place where it lies if the source has no more than that.</summary>
    /// <param name="reference">The place; null when the bytes are returned.</param>
    public ReadOnlySpan<byte> ReadValue(out ValueReference? reference)
    {
        var length = ReadLength();
        reference = null;
        // A place comes where the source has no bytes to go on with: never amid what is in the buffer.
        if (_at < _end || _references is null || !_references.TryTakeReference(out var found))
        {
            return Take(length);
        }
        if (found.Length != length)
        {
            throw new InvalidDataException($"snapshot holds a value of {length} bytes at a place of {found.Length}");
        }
        Sum();
        _checksum = SnapshotFormat.Checksum(_checksum, found);
        reference = found;
        return default;
    }

    public string ReadString() => Encoding.UTF8.GetString(ReadSpan());

    public void ReadTrailer()
    {
        Sum();
        var expected = ~_checksum;
        if (BinaryPrimitives.ReadUInt32LittleEndian(Take(4)) != expected)
        {
            throw new InvalidDataException("snapshot checksum does not match");
        }
        if (_at < _end || source.ReadByte() >= 0)
        {
            throw new InvalidDataException("snapshot has bytes after its end");
        }
    }

    private int ReadLength()
    {
        var length = ReadCount();
        return length <= SnapshotFormat.MaxBytes
            ? (int)length
            : throw new InvalidDataException($"snapshot holds a string of {length} bytes");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_end - _at < count)
        {
            Fill(count);
        }
        _at += count;
        return _buffer.AsSpan(_at - count, count);
    }

    /// <summary>Sees to it that so many bytes are in the buffer.</summary>
    private void Fill(int count)
    {
        Sum();
        _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
        _end -= _at;
        _at = _summed = 0;
        while (_end < count)
        {
            if (_end == _buffer.Length)
            {
                // Grown step by step, so that a damaged length does not claim memory that the file cannot fill.
                Array.Resize(ref _buffer, (int)Math.Min(count, _buffer.Length * 2L));
            }
            var read = source.Read(_buffer, _end, _buffer.Length - _end);
            _end += read > 0 ? read : throw new InvalidDataException("snapshot ends early");
        }
    }

    private void Sum()
    {
        _checksum = SnapshotFormat.Checksum(_checksum, _buffer.AsSpan(_summed, _at - _summed));
        _summed = _at;
    }
}
