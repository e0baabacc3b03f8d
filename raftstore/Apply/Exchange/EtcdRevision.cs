using System.Buffers.Binary;
using Etcd.V3;
using Google.Protobuf;

namespace Kube.RaftStore.Apply.Exchange;

/// <summary>How etcd's database writes a version: the key is its revision, the value the key-value pair.</summary>
internal static class EtcdRevision
{
    private const int Bytes = 17;

    /// <summary>Main revision, "_", sub revision, big-endian; "t" behind for a deletion.</summary>
    public static byte[] Encode(long main, long sub, bool isTombstone)
    {
        var bytes = new byte[isTombstone ? Bytes + 1 : Bytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, main);
        bytes[8] = (byte)'_';
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(9), sub);
        if (isTombstone)
        {
            bytes[Bytes] = (byte)'t';
        }
        return bytes;
    }

    /// <returns>False when the bytes are no revision.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out long main, out long sub, out bool isTombstone)
    {
        isTombstone = bytes.Length == Bytes + 1 && bytes[Bytes] == (byte)'t';
        if ((bytes.Length != Bytes && !isTombstone) || bytes[8] != (byte)'_')
        {
            (main, sub) = (0, 0);
            return false;
        }
        main = BinaryPrimitives.ReadInt64BigEndian(bytes);
        sub = BinaryPrimitives.ReadInt64BigEndian(bytes[9..]);
        return main >= 0 && sub >= 0;
    }

    /// <summary>Bytes of a pair, its value given by length.</summary>
    public static int SizeOf(KeyValue head, int valueBytes)
        => head.CalculateSize() + (valueBytes == 0 ? 0 : 1 + CodedOutputStream.ComputeLengthSize(valueBytes) + valueBytes);

    /// <summary>Writes a pair, the value where the order of fields wants it: etcd hashes these bytes.</summary>
    public static void Write(Span<byte> destination, KeyValue head, ReadOnlySpan<byte> value)
    {
        var lease = head.Lease;
        var before = head.Clone();
        before.Lease = 0;
        var at = before.CalculateSize();
        before.WriteTo(destination[..at]);
        if (!value.IsEmpty)
        {
            destination[at++] = (KeyValue.ValueFieldNumber << 3) | (int)WireFormat.WireType.LengthDelimited;
            at += WriteVarint(destination[at..], (ulong)value.Length);
            value.CopyTo(destination[at..]);
            at += value.Length;
        }
        if (lease != 0)
        {
            destination[at++] = KeyValue.LeaseFieldNumber << 3;
            WriteVarint(destination[at..], (ulong)lease);
        }
    }

    private static int WriteVarint(Span<byte> destination, ulong value)
    {
        var at = 0;
        for (; value >= 0x80; value >>= 7)
        {
            destination[at++] = (byte)(value | 0x80);
        }
        destination[at++] = (byte)value;
        return at;
    }
}
