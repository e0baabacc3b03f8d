using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Kube.Base;

namespace Kube.Streams.Spdy;

/// <summary>
/// Writes header blocks of SPDY/3 as one zlib stream over the connection's life. The blocks are stored, not squeezed:
/// the few dozen bytes that a stream of Kubernetes opens with are not worth a compressor, and stored blocks need none of
/// its state. Each block ends in an empty one, which makes a reader hand over what it has. For one thread at a time.
/// </summary>
internal sealed class SpdyHeaderWriter
{
    private const int MaxBlockBytes = 32 * 1024;

    private bool _begun;

    /// <summary>The compressed form of <paramref name="headers"/>; names go out in lower case, as the protocol wants them.</summary>
    public byte[] Write(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var plain = Plain(headers);
        Invariant.Check(plain.WrittenCount <= MaxBlockBytes);
        var block = new ArrayBufferWriter<byte>(plain.WrittenCount + 32);
        if (!_begun)
        {
            // Deflate with a window of 32 KiB, a preset dictionary (the flag 0x20), and a checksum to a multiple of 31.
            block.Write<byte>([0x78, 0xf9]);
            BinaryPrimitives.WriteUInt32BigEndian(block.GetSpan(4), SpdyDictionary.Checksum);
            block.Advance(4);
            _begun = true;
        }

        Stored(block, plain.WrittenSpan);
        Stored(block, []);
        return block.WrittenSpan.ToArray();
    }

    private static ArrayBufferWriter<byte> Plain(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var plain = new ArrayBufferWriter<byte>();
        Number(plain, headers.Count);
        foreach (var (name, value) in headers)
        {
            Text(plain, name.ToLowerInvariant());
            Text(plain, value);
        }

        return plain;
    }

    /// <summary>A deflate block of type 0: three bits and padding, the length and its complement, the bytes.</summary>
    private static void Stored(ArrayBufferWriter<byte> block, ReadOnlySpan<byte> bytes)
    {
        var head = block.GetSpan(5);
        head[0] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(head[1..], (ushort)bytes.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(head[3..], (ushort)~bytes.Length);
        block.Advance(5);
        block.Write(bytes);
    }

    private static void Text(ArrayBufferWriter<byte> plain, string text)
    {
        Number(plain, Encoding.UTF8.GetByteCount(text));
        plain.Write(Encoding.UTF8.GetBytes(text));
    }

    private static void Number(ArrayBufferWriter<byte> plain, int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(plain.GetSpan(4), number);
        plain.Advance(4);
    }
}
