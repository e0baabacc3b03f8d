using System.Buffers.Binary;

namespace Kube.RaftStore.Mvcc;

/// <summary>The hash of a store's history up to a revision.</summary>
/// <param name="Status">When not Ok, the rest is empty.</param>
/// <param name="Hash">CRC32C over revisions and versions.</param>
/// <param name="CompactRevision">Compaction revision that the hash was made at; hashes compare only at the same one.</param>
/// <param name="StoreRevision">The newest revision when it was made.</param>
public readonly record struct HistoryHash(RevisionStatus Status, uint Hash, long CompactRevision, long StoreRevision);

public sealed partial class MvccStore
{
    /// <summary>
    /// Hashes the history up to a revision just as etcd does (server/mvcc/hash.go of 3.5), so that the hash of a
    /// store and that of an etcd with the same history are the same: CRC32C over the bucket's name, then for each
    /// version its revision bytes and its mvccpb.KeyValue encoding.
    /// </summary>
    /// <param name="revision">Last revision to include, 0 for the newest.</param>
    public HistoryHash HashHistory(long revision)
    {
        View view;
        HistoryPin pin;
        lock (_writer)
        {
            view = Current;
            if (revision > view.Revision)
            {
                return new HistoryHash(RevisionStatus.Future, 0, 0, view.Revision);
            }
            if (revision > 0 && revision < view.CompactRevision)
            {
                return new HistoryHash(RevisionStatus.Compacted, 0, 0, view.Revision);
            }
            pin = PinHistory(view.CompactRevision);
        }
        using (pin)
        {
            var upTo = revision <= 0 ? view.Revision : revision;
            return new HistoryHash(RevisionStatus.Ok, HashUpTo(view, upTo), view.CompactRevision, view.Revision);
        }
    }

    private uint HashUpTo(View view, long upTo)
    {
        var crc = new Crc32C();
        crc.Append("key"u8);
        Span<byte> revision = stackalloc byte[18];
        var encoder = new KeyValueEncoder();
        foreach (var version in view.Log.Walk(0, upTo))
        {
            if (version.ModRevision <= view.CompactRevision && !IsNewestAt(view, version, upTo))
            {
                continue;
            }
            BinaryPrimitives.WriteInt64BigEndian(revision, version.ModRevision);
            revision[8] = (byte)'_';
            BinaryPrimitives.WriteInt64BigEndian(revision[9..], version.Sub);
            revision[17] = (byte)'t';
            crc.Append(version.IsTombstone ? revision : revision[..17]);
            crc.Append(encoder.Encode(version, Values.Read(version.Value).Span));
        }
        return crc.Value;
    }

    private static bool IsNewestAt(View view, KeyVersion version, long revision)
        => !version.IsTombstone && ReferenceEquals(view.Tree.Find(version.Key)?.At(revision), version);

    /// <summary>Writes a version in mvccpb.KeyValue's protobuf encoding, in a buffer used again.</summary>
    private sealed class KeyValueEncoder
    {
        private byte[] _buffer = new byte[512];

        public ReadOnlySpan<byte> Encode(KeyVersion version, ReadOnlySpan<byte> value)
        {
            var most = version.Key.Length + value.Length + 64;
            if (_buffer.Length < most)
            {
                _buffer = new byte[most * 2];
            }
            var at = Bytes(0, 1, version.Key);
            at = Number(at, 2, version.CreateRevision);
            at = version.IsTombstone ? at : Number(at, 3, version.ModRevision);
            at = Number(at, 4, version.Version);
            at = Bytes(at, 5, value);
            at = Number(at, 6, version.Lease);
            return _buffer.AsSpan(0, at);
        }

        private int Bytes(int at, int field, ReadOnlySpan<byte> value)
        {
            if (value.IsEmpty)
            {
                return at;
            }
            _buffer[at++] = (byte)((field << 3) | 2);
            at = Varint(at, (ulong)value.Length);
            value.CopyTo(_buffer.AsSpan(at));
            return at + value.Length;
        }

        private int Number(int at, int field, long value)
        {
            if (value == 0)
            {
                return at;
            }
            _buffer[at++] = (byte)(field << 3);
            return Varint(at, (ulong)value);
        }

        private int Varint(int at, ulong value)
        {
            for (; value >= 0x80; value >>= 7)
            {
                _buffer[at++] = (byte)(value | 0x80);
            }
            _buffer[at++] = (byte)value;
            return at;
        }
    }
}
