using System.Buffers.Binary;

namespace Kube.RaftStore.Storage.Records;

/// <summary>What a record of the log file says.</summary>
internal enum RecordType : byte
{
    /// <summary>A log entry; it supersedes every earlier record of its index and behind.</summary>
    Entry = 1,

    /// <summary>Term and vote.</summary>
    HardState = 2,

    /// <summary>The log goes on after a snapshot at (term, index); everything before is gone.</summary>
    Reset = 3,
}

/// <summary>
/// The fixed head of a record, 64 bytes, little-endian (docs/internals/log-format.md). In FasterLog every record is
/// preceded by a frame of four bytes with its length.
/// </summary>
/// <param name="Type">What it says.</param>
/// <param name="EntryType">The type of a log entry, 0 for others.</param>
/// <param name="Length">Bytes of head and data.</param>
/// <param name="PreviousDelta">How far before this record the previous one begins, 0 for the first of all: a record
/// that is missing in between shows.</param>
/// <param name="DurableDelta">How far before this record the durable end of the log was when this was written: tells
/// a torn tail from a hole in what once was durable.</param>
/// <param name="Term">The entry's or the hard state's term.</param>
/// <param name="Index">The entry's index; of a hard state, the commit index.</param>
/// <param name="Extra">Of an entry, the commit index known when it was written; of a hard state, the vote.</param>
/// <param name="Proposer">See <see cref="Raft.ProposalId"/>.</param>
/// <param name="Sequence">See <see cref="Raft.ProposalId"/>.</param>
internal readonly record struct LogRecord(
    RecordType Type, byte EntryType, int Length, uint PreviousDelta, uint DurableDelta, ulong Term, ulong Index, ulong Extra,
    ulong Proposer, ulong Sequence)
{
    public const int HeadBytes = 64;
    public const int FrameBytes = 4;
    private const ushort Version = 1;

    /// <summary>Bytes that a record of this much data takes in the log, frame and padding included.</summary>
    public static int SizeInLog(int dataBytes) => FrameBytes + ((HeadBytes + dataBytes + 3) & ~3);

    /// <summary>Fills in the head of a record whose data stands behind it already.</summary>
    /// <param name="record">Head and data.</param>
    /// <param name="address">Where it will stand: mixed into the checksum, so that a record found elsewhere is none.</param>
    public void Write(Span<byte> record, long address)
    {
        record[4] = (byte)Type;
        record[5] = EntryType;
        BinaryPrimitives.WriteUInt16LittleEndian(record[6..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], PreviousDelta);
        BinaryPrimitives.WriteUInt32LittleEndian(record[16..], DurableDelta);
        BinaryPrimitives.WriteUInt32LittleEndian(record[20..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(record[24..], Term);
        BinaryPrimitives.WriteUInt64LittleEndian(record[32..], Index);
        BinaryPrimitives.WriteUInt64LittleEndian(record[40..], Extra);
        BinaryPrimitives.WriteUInt64LittleEndian(record[48..], Proposer);
        BinaryPrimitives.WriteUInt64LittleEndian(record[56..], Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(record, Checksum(record, address));
    }

    /// <summary>Reads a head and verifies it with its data.</summary>
    /// <param name="record">Exactly the record, as long as its frame says.</param>
    /// <param name="address">Where it stands.</param>
    /// <param name="head">What it says.</param>
    /// <param name="problem">Why it is not sound.</param>
    public static bool TryRead(ReadOnlySpan<byte> record, long address, out LogRecord head, out string problem)
    {
        head = default;
        if (record.Length < HeadBytes || BinaryPrimitives.ReadInt32LittleEndian(record[8..]) != record.Length)
        {
            problem = "length of frame and record differ";
            return false;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(record) != Checksum(record, address))
        {
            problem = "checksum of the record does not match";
            return false;
        }

        var version = BinaryPrimitives.ReadUInt16LittleEndian(record[6..]);
        if (version != Version || record[4] is < (byte)RecordType.Entry or > (byte)RecordType.Reset)
        {
            problem = $"record of unknown version {version} or type {record[4]}";
            return false;
        }

        problem = "";
        head = new LogRecord(
            (RecordType)record[4],
            record[5],
            record.Length,
            BinaryPrimitives.ReadUInt32LittleEndian(record[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(record[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(record[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(record[32..]),
            BinaryPrimitives.ReadUInt64LittleEndian(record[40..]),
            BinaryPrimitives.ReadUInt64LittleEndian(record[48..]),
            BinaryPrimitives.ReadUInt64LittleEndian(record[56..]));
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> record, long address)
    {
        Span<byte> place = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(place, address);
        return Crc32C.Append(Crc32C.Of(place), record[4..]);
    }
}
