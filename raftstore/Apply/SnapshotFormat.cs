using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Apply;

/// <summary>
/// The bytes of a snapshot: eight bytes of magic, a format version, fields, and a CRC32C of all before it.
/// Numbers are fixed eight bytes little-endian, byte strings have their length before them.
/// </summary>
internal static class SnapshotFormat
{
    public const int FormatVersion = WithMembers;

    /// <summary>The first version that holds users and roles.</summary>
    public const int WithAuth = 2;

    /// <summary>The first version that holds peer URLs of the members, learners and members removed.</summary>
    public const int WithMembers = 3;
    public const byte End = 0;
    public const byte VersionFollows = 1;
    public const int MaxBytes = 256 << 20;

    public static ReadOnlySpan<byte> Magic => "KUBESNAP"u8;

    public static uint Checksum(uint state, ReadOnlySpan<byte> data)
    {
        for (; data.Length >= 8; data = data[8..])
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(data));
        }
        foreach (var b in data)
        {
            state = BitOperations.Crc32C(state, b);
        }
        return state;
    }

    /// <summary>As if the bytes of a value were added, of which the checksum is known.</summary>
    public static uint Checksum(uint state, in ValueReference value) => ~Crc32CJoin.Of(~state, value.Checksum, value.Length);
}

/// <summary>Writes a snapshot's fields through a buffer, adding them to its checksum.</summary>
internal sealed class SnapshotWriter(Stream destination, int bufferBytes = 64 << 10)
{
    private readonly byte[] _buffer = new byte[bufferBytes];
    private readonly IValueReferenceSink? _references = destination as IValueReferenceSink;
    private int _used;
    private uint _checksum = uint.MaxValue;

    public void WriteHeader()
    {
        Write(SnapshotFormat.Magic);
        WriteInt64(SnapshotFormat.FormatVersion);
    }

    public void WriteByte(byte value) => Write([value]);

    public void WriteInt64(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Write(bytes);
    }

    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteInt64(value.Length);
        Write(value);
    }

    /// <summary>Writes a value, as the place where it lies if the destination takes that. To a reader it is the same.</summary>
    public void WriteValue(IValueStore values, in ValueHandle value)
    {
        if (_references is null || !values.TryRefer(value, out var reference))
        {
            WriteBytes(values.Read(value).Span);
            return;
        }
        WriteInt64(value.Length);
        Flush();
        _references.WriteReference(reference);
        _checksum = SnapshotFormat.Checksum(_checksum, reference);
    }

    public void WriteString(string value) => WriteBytes(Encoding.UTF8.GetBytes(value));

    public void WriteTrailer()
    {
        Flush();
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, ~_checksum);
        destination.Write(bytes);
        destination.Flush();
    }

    private void Write(ReadOnlySpan<byte> data)
    {
        while (data.Length > _buffer.Length - _used)
        {
            var part = data[..(_buffer.Length - _used)];
            part.CopyTo(_buffer.AsSpan(_used));
            _used += part.Length;
            Flush();
            data = data[part.Length..];
        }
        data.CopyTo(_buffer.AsSpan(_used));
        _used += data.Length;
    }

    private void Flush()
    {
        _checksum = SnapshotFormat.Checksum(_checksum, _buffer.AsSpan(0, _used));
        destination.Write(_buffer, 0, _used);
        _used = 0;
    }
}
