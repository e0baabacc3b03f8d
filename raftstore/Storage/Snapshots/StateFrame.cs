using System.Buffers.Binary;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Storage.Snapshots;

/// <summary>
/// How a state lies in a file that holds some of it as references: frames, each begun by 32 bits: how many bytes of the state follow, or
/// <see cref="Reference"/> for a value in a value file, or <see cref="End"/>. Then length of the state (64 bits) and a CRC-32C of all frames. Little-endian.
/// </summary>
internal static class StateFrame
{
    public const int End = 0;
    public const int Reference = -1;
    public const int HeadBytes = 4;
    public const int ReferenceBytes = 8 + 4 + 4 + 4 + 4;

    public static void Write(Span<byte> into, in ValueReference reference)
    {
        BinaryPrimitives.WriteInt64LittleEndian(into, reference.Place);
        BinaryPrimitives.WriteInt32LittleEndian(into[8..], reference.PieceBytes);
        BinaryPrimitives.WriteInt32LittleEndian(into[12..], reference.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(into[16..], reference.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(into[20..], reference.Checksum);
    }

    public static ValueReference Read(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadInt64LittleEndian(from),
        BinaryPrimitives.ReadInt32LittleEndian(from[8..]),
        BinaryPrimitives.ReadInt32LittleEndian(from[12..]),
        BinaryPrimitives.ReadInt32LittleEndian(from[16..]),
        BinaryPrimitives.ReadUInt32LittleEndian(from[20..]));
}

/// <summary>Writes a state as frames.</summary>
internal sealed class StateFrameWriter(Stream file) : Stream, IValueReferenceSink
{
    private long _stateBytes;
    private long _fileBytes;
    private uint _crc;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    /// <summary>Bytes that it takes in the file: what is referred to is not written.</summary>
    public override long Length => _fileBytes;

    public override long Position
    {
        get => _fileBytes;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return;
        }

        WriteHead(buffer.Length);
        Put(buffer);
        _stateBytes += buffer.Length;
    }

    public void WriteReference(in ValueReference reference)
    {
        WriteHead(StateFrame.Reference);
        Span<byte> bytes = stackalloc byte[StateFrame.ReferenceBytes];
        StateFrame.Write(bytes, reference);
        Put(bytes);
        _stateBytes += reference.Length;
    }

    /// <summary>Ends the state.</summary>
    public void WriteEnd()
    {
        WriteHead(StateFrame.End);
        file.Write(SnapshotHead.Trailer(_stateBytes, _crc));
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => file.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void WriteHead(int what)
    {
        Span<byte> head = stackalloc byte[StateFrame.HeadBytes];
        BinaryPrimitives.WriteInt32LittleEndian(head, what);
        Put(head);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        file.Write(bytes);
        _crc = Crc32C.Append(_crc, bytes);
        _fileBytes += bytes.Length;
    }
}
