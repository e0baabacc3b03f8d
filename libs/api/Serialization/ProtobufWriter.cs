using System.Buffers.Binary;
using System.Text;

namespace Kube.Api.Serialization;

/// <summary>
/// Writes protobuf's wire format from the end towards the beginning, so that a message's length is known when
/// its prefix is written. Callers write fields last to first, and of each the value before the tag.
/// </summary>
internal sealed class ProtobufWriter
{
    private byte[] _buffer = new byte[1024];
    private int _start = 1024;

    /// <summary>Bytes written so far: a mark for <see cref="WriteMessagePrefix"/>.</summary>
    internal int Length => _buffer.Length - _start;

    internal byte[] ToArray() => _buffer.AsSpan(_start).ToArray();

    internal void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    internal void WriteVarint(ulong value)
    {
        var size = 1;
        for (var v = value >> 7; v != 0; v >>= 7)
        {
            size++;
        }

        var target = Reserve(size);
        for (var i = 0; i < size - 1; i++)
        {
            target[i] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[size - 1] = (byte)value;
    }

    internal void WriteTag(int number, ProtobufWireType type) => WriteVarint(((ulong)number << 3) | (ulong)type);

    internal void WriteVarintField(int number, ulong value)
    {
        WriteVarint(value);
        WriteTag(number, ProtobufWireType.Varint);
    }

    internal void WriteDoubleField(int number, double value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Reserve(8), BitConverter.DoubleToInt64Bits(value));
        WriteTag(number, ProtobufWireType.Fixed64);
    }

    internal void WriteBytesField(int number, ReadOnlySpan<byte> bytes)
    {
        WriteRaw(bytes);
        WriteVarint((ulong)bytes.Length);
        WriteTag(number, ProtobufWireType.Bytes);
    }

    internal void WriteStringField(int number, string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        Encoding.UTF8.GetBytes(text, Reserve(size));
        WriteVarint((ulong)size);
        WriteTag(number, ProtobufWireType.Bytes);
    }

    /// <summary>Ends a nested message, begun when <see cref="Length"/> was <paramref name="mark"/>.</summary>
    internal void WriteMessagePrefix(int number, int mark)
    {
        WriteVarint((ulong)(Length - mark));
        WriteTag(number, ProtobufWireType.Bytes);
    }

    private Span<byte> Reserve(int count)
    {
        if (count > _start)
        {
            var used = Length;
            var grown = new byte[Math.Max(checked(_buffer.Length * 2), used + count)];
            _buffer.AsSpan(_start).CopyTo(grown.AsSpan(grown.Length - used));
            _buffer = grown;
            _start = grown.Length - used;
        }

        _start -= count;
        return _buffer.AsSpan(_start, count);
    }
}
