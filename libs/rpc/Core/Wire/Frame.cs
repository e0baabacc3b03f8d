using System.Buffers;
using System.Buffers.Binary;

namespace Kube.Rpc.Wire;

/// <summary>
/// The prefix of a message on the wire (gRPC over HTTP/2, "Length-Prefixed-Message"): one flag byte, 1 when the
/// message is compressed, and the length as four bytes, big endian.
/// </summary>
internal readonly record struct Frame(bool IsCompressed, uint Length)
{
    /// <summary>Size of the prefix in bytes.</summary>
    public const int PrefixSize = 5;

    /// <summary>Writes a prefix.</summary>
    public static void Write(Span<byte> destination, bool isCompressed, int length)
    {
        destination[0] = isCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (uint)length);
    }

    /// <summary>Reads the prefix at the start of the bytes; false when fewer than five are there.</summary>
    /// <exception cref="MalformedFrameException">The flag is neither 0 nor 1.</exception>
    public static bool TryRead(in ReadOnlySequence<byte> bytes, out Frame frame)
    {
        Span<byte> prefix = stackalloc byte[PrefixSize];
        if (bytes.FirstSpan.Length >= PrefixSize)
        {
            bytes.FirstSpan[..PrefixSize].CopyTo(prefix);
        }
        else if (bytes.Length >= PrefixSize)
        {
            bytes.Slice(0, PrefixSize).CopyTo(prefix);
        }
        else
        {
            frame = default;
            return false;
        }

        if (prefix[0] > 1)
        {
            throw new MalformedFrameException($"unexpected compressed flag {prefix[0]} in a message prefix");
        }

        frame = new Frame(prefix[0] == 1, BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]));
        return true;
    }
}
