using System.Collections.Immutable;

namespace Kube.RaftStore.Apply;

/// <summary>The members as a part of a snapshot.</summary>
internal static class MemberSnapshot
{
    public static void Write(SnapshotWriter writer, MemberTable.State members)
    {
        writer.WriteInt64(members.Members.Count);
        foreach (var (id, member) in members.Members)
        {
            writer.WriteInt64((long)id);
            writer.WriteString(member.Name);
            WriteStrings(writer, member.ClientUrls);
            WriteStrings(writer, member.PeerUrls);
            writer.WriteByte(member.IsLearner ? (byte)1 : (byte)0);
        }
        writer.WriteInt64(members.Removed.Count);
        foreach (var id in members.Removed)
        {
            writer.WriteInt64((long)id);
        }
        writer.WriteByte(members.IsComplete ? (byte)1 : (byte)0);
    }

    public static MemberTable.State Read(SnapshotReader reader, int format)
    {
        var members = ImmutableSortedDictionary.CreateBuilder<ulong, StoreMember>();
        var isOld = format < SnapshotFormat.WithMembers;
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            var id = (ulong)reader.ReadInt64();
            var name = reader.ReadString();
            var clientUrls = ReadStrings(reader);
            members[id] = isOld
                ? new StoreMember(name, [], clientUrls, IsLearner: false)
                : new StoreMember(name, ReadStrings(reader), clientUrls, reader.ReadByte() != 0);
        }
        if (isOld)
        {
            return MemberTable.State.Empty with { Members = members.ToImmutable() };
        }
        var removed = ImmutableSortedSet.CreateBuilder<ulong>();
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            removed.Add((ulong)reader.ReadInt64());
        }
        return new MemberTable.State(members.ToImmutable(), removed.ToImmutable(), reader.ReadByte() != 0);
    }

    private static void WriteStrings(SnapshotWriter writer, IReadOnlyList<string> strings)
    {
        writer.WriteInt64(strings.Count);
        foreach (var text in strings)
        {
            writer.WriteString(text);
        }
    }

    private static List<string> ReadStrings(SnapshotReader reader)
    {
        var strings = new List<string>();
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            strings.Add(reader.ReadString());
        }
        return strings;
    }
}
