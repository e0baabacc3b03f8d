using System.Buffers.Binary;
using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Storage.Snapshots;

/// <summary>
/// The head of a snapshot file: magic, format version, whether a state follows, index, term and membership, and a
/// CRC-32C of all that. The state follows, in version 2 as frames (<see cref="StateFrame"/>), then its length (64 bits) and CRC-32C. Little-endian.
/// </summary>
internal static class SnapshotHead
{
    public const int TrailerBytes = 12;

    /// <summary>The state is there as it is. What peers send one another is always this.</summary>
    public const uint Whole = 1;

    /// <summary>The state is there as frames, some of which say where a value of this member's lies.</summary>
    public const uint Framed = 2;

    private const int FixedBytes = 8 + 4 + 4 + 4 + 8 + 8 + 4;
    private const int MaxMembers = 1024;
    private static ReadOnlySpan<byte> Magic => "KUBESNAP"u8;

    public static byte[] Encode(SnapshotMetadata snapshot, bool hasState, uint version = Whole)
    {
        var state = snapshot.Configuration;
        IReadOnlyList<ulong>[] lists = [state.Voters, state.Learners, state.VotersOutgoing, state.LearnersNext];
        var bytes = new byte[FixedBytes + lists.Sum(l => 4 + (8 * l.Count)) + 4];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), hasState ? 1 : 0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(20), snapshot.Index);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(28), snapshot.Term);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(36), state.AutoLeave ? 1 : 0);
        var at = FixedBytes;
        foreach (var list in lists)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), list.Count);
            at += 4;
            foreach (var id in list)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), id);
                at += 8;
            }
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), Crc32C.Of(bytes.AsSpan(0, at)));
        return bytes;
    }

    /// <summary>Reads a head and leaves the stream where the state begins.</summary>
    /// <exception cref="StorageCorruptException">It is not a sound head of a known version.</exception>
    public static (SnapshotMetadata Snapshot, uint Version) Read(Stream file, string path)
    {
        var bytes = new byte[FixedBytes];
        if (file.ReadAtLeast(bytes, FixedBytes, throwOnEndOfStream: false) < FixedBytes || !bytes.AsSpan(0, 8).SequenceEqual(Magic))
        {
            throw new StorageCorruptException(path, 0, "not a snapshot");
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8));
        if (version is not (Whole or Framed))
        {
            throw new StorageCorruptException(path, 8, $"snapshot of format {version}, known are {Whole} and {Framed}");
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(12));
        if (length < FixedBytes + 20 || length > FixedBytes + 20 + (8 * MaxMembers))
        {
            throw new StorageCorruptException(path, 12, "implausible length of the head");
        }

        Array.Resize(ref bytes, length);
        if (file.ReadAtLeast(bytes.AsSpan(FixedBytes), length - FixedBytes, throwOnEndOfStream: false) < length - FixedBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(length - 4)) != Crc32C.Of(bytes.AsSpan(0, length - 4)))
        {
            throw new StorageCorruptException(path, length - 4, "checksum of the head does not match");
        }

        return (Parse(bytes, path), version);
    }

    /// <summary>What stands behind a state.</summary>
    public static byte[] Trailer(long stateBytes, uint crc)
    {
        var trailer = new byte[TrailerBytes];
        BinaryPrimitives.WriteInt64LittleEndian(trailer, stateBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(8), crc);
        return trailer;
    }

    private static SnapshotMetadata Parse(byte[] bytes, string path)
    {
        var lists = new ulong[4][];
        var at = FixedBytes;
        for (var i = 0; i < lists.Length; i++)
        {
            var count = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));
            at += 4;
            if (count < 0 || at + (8L * count) > bytes.Length - 4)
            {
                throw new StorageCorruptException(path, at, "implausible number of members");
            }

            lists[i] = new ulong[count];
            for (var j = 0; j < count; j++, at += 8)
            {
                lists[i][j] = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            }
        }

        var state = new ConfState(lists[0], lists[1], lists[2], lists[3], BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(36)) == 1);
        return new SnapshotMetadata(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(20)), BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(28)), state);
    }
}
