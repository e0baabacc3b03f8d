using System.Buffers.Binary;

namespace Kube.Streams.Spdy;

/// <summary>Types of SPDY/3 control frames (draft 3, 2.6).</summary>
internal enum SpdyFrameType
{
    SynStream = 1,
    SynReply = 2,
    RstStream = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    Headers = 8,
    WindowUpdate = 9,
}

/// <summary>Why a stream was reset (draft 3, 2.6.3).</summary>
public enum SpdyResetReason
{
    ProtocolError = 1,
    InvalidStream = 2,
    RefusedStream = 3,
    Cancel = 5,
    InternalError = 6,
}

/// <summary>The eight bytes in front of every frame.</summary>
/// <param name="IsControl">A control frame; otherwise data of <paramref name="Stream"/>.</param>
/// <param name="Type">Of a control frame; a number that this version knows or not.</param>
/// <param name="Stream">Of a data frame.</param>
internal readonly record struct SpdyFrameHead(bool IsControl, int Version, SpdyFrameType Type, int Stream, byte Flags, int LengthBytes)
{
    public const int SizeBytes = 8;
    public const int Version3 = 3;
    public const byte Fin = 1;
    public const byte Unidirectional = 2;

    public bool IsLast => (Flags & Fin) != 0;

    public static SpdyFrameHead Parse(ReadOnlySpan<byte> bytes)
    {
        var first = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var second = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        var flags = (byte)(second >> 24);
        var length = (int)(second & 0xffffff);
        return (first & 0x80000000) != 0
            ? new(true, (int)(first >> 16) & 0x7fff, (SpdyFrameType)(first & 0xffff), 0, flags, length)
            : new(false, Version3, 0, (int)(first & 0x7fffffff), flags, length);
    }

    /// <summary>A control frame with room for <paramref name="payloadBytes"/> behind its head.</summary>
    public static byte[] Control(SpdyFrameType type, byte flags, int payloadBytes)
    {
        var frame = new byte[SizeBytes + payloadBytes];
        BinaryPrimitives.WriteUInt32BigEndian(frame, 0x80000000u | (Version3 << 16) | (uint)type);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), ((uint)flags << 24) | (uint)payloadBytes);
        return frame;
    }

    /// <summary>Writes the head of a data frame.</summary>
    public static void Data(Span<byte> destination, int stream, byte flags, int lengthBytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination, stream);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], ((uint)flags << 24) | (uint)lengthBytes);
    }
}
