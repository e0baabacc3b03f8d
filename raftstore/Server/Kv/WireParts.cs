using System.Buffers;
using Google.Protobuf;

namespace Kube.RaftStore.Server.Kv;

/// <summary>Fields of messages that are put together of parts. Their numbers are below 16, so that a tag takes a byte.</summary>
internal static class WireParts
{
    /// <summary>Bytes of a field that is a message of so many bytes.</summary>
    public static long FieldSizeOf(long length)
    {
        var size = 2 + length;
        for (var rest = (ulong)length; rest >= 0x80; rest >>= 7)
        {
            size++;
        }
        return size;
    }

    /// <summary>Begins a field that is a message of so many bytes, which follow.</summary>
    public static void WriteTagAndLength(IBufferWriter<byte> output, int field, long length)
    {
        var span = output.GetSpan(11);
        var at = 0;
        span[at++] = (byte)WireFormat.MakeTag(field, WireFormat.WireType.LengthDelimited);
        var rest = (ulong)length;
        for (; rest >= 0x80; rest >>= 7)
        {
            span[at++] = (byte)(rest | 0x80);
        }
        span[at++] = (byte)rest;
        output.Advance(at);
    }
}
