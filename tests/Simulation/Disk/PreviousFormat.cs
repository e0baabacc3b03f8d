using System.Buffers.Binary;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Configuration;

namespace Kube.RaftStore.Simulation.Disk;

/// <summary>
/// What the build before the present one would have written: snapshots of format 2, which know neither peer URLs nor learners nor members
/// removed, and membership changes of version 1, which have no flags and no base. All else has had one format only.
/// </summary>
internal static class PreviousFormat
{
    private const int Version = SnapshotFormat.WithMembers - 1;
    private const int HeaderBytes = 16;
    private const int TrailerBytes = 4;
    private const int FixedBytes = 3 * 8;

    /// <summary>Whether the build before could read a snapshot's state.</summary>
    public static bool CanRead(ReadOnlySpan<byte> state) => BinaryPrimitives.ReadInt64LittleEndian(state[8..]) <= Version;

    /// <summary>The state as that build would have written it.</summary>
    public static byte[] OfSnapshot(ReadOnlySpan<byte> state)
    {
        if (CanRead(state))
        {
            return state.ToArray();
        }

        var old = new MemoryStream();
        old.Write(state[..8]);
        WriteInt64(old, Version);
        old.Write(state.Slice(HeaderBytes, FixedBytes));
        var at = HeaderBytes + FixedBytes;
        CopyMembers(state, ref at, old);
        old.Write(state[at..^TrailerBytes]);
        var checksum = ~SnapshotFormat.Checksum(uint.MaxValue, old.GetBuffer().AsSpan(0, (int)old.Length));
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, checksum);
        old.Write(trailer);
        return old.ToArray();
    }

    /// <summary>The entry as that build would have proposed it.</summary>
    public static Entry OfEntry(Entry entry)
    {
        if (entry.Type != EntryType.ConfChange)
        {
            return entry;
        }

        var change = ConfChangeCodec.Decode(entry.Data, out var command);
        var old = new MemoryStream();
        old.WriteByte(1);
        old.WriteByte((byte)change.Transition);
        Span<byte> count = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(count, (ushort)change.Steps.Count);
        old.Write(count);
        foreach (var step in change.Steps)
        {
            old.WriteByte((byte)step.Kind);
            WriteInt64(old, (long)step.MemberId);
        }

        old.Write(command.Span);
        return new Entry(entry.Term, entry.Index, entry.Type, entry.Proposal, old.ToArray());
    }

    /// <summary>The message, an append or a proposal, with such entries.</summary>
    public static Message OfMessage(Message message) => new()
    {
        Type = message.Type,
        From = message.From,
        To = message.To,
        Term = message.Term,
        LogTerm = message.LogTerm,
        Index = message.Index,
        Commit = message.Commit,
        Context = message.Context,
        Entries = [.. message.Entries.Select(OfEntry)],
    };

    private static void CopyMembers(ReadOnlySpan<byte> state, ref int at, MemoryStream old)
    {
        var count = ReadInt64(state, ref at);
        WriteInt64(old, count);
        for (; count > 0; count--)
        {
            var start = at;
            at += 8;
            SkipBytes(state, ref at);
            SkipStrings(state, ref at);
            old.Write(state[start..at]);
            SkipStrings(state, ref at);
            at++;
        }

        for (var removed = ReadInt64(state, ref at); removed > 0; removed--)
        {
            at += 8;
        }

        at++;
    }

    private static void SkipStrings(ReadOnlySpan<byte> state, ref int at)
    {
        for (var count = ReadInt64(state, ref at); count > 0; count--)
        {
            SkipBytes(state, ref at);
        }
    }

    private static void SkipBytes(ReadOnlySpan<byte> state, ref int at)
    {
        var length = ReadInt64(state, ref at);
        at += (int)length;
    }

    private static long ReadInt64(ReadOnlySpan<byte> state, ref int at)
    {
        at += 8;
        return BinaryPrimitives.ReadInt64LittleEndian(state[(at - 8)..]);
    }

    private static void WriteInt64(MemoryStream stream, long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        stream.Write(bytes);
    }
}

/// <summary>A process of the build before was sent a snapshot that the present one has written.</summary>
internal sealed class NewerFormatException() : Exception("snapshot format 3 is not known to this version");
