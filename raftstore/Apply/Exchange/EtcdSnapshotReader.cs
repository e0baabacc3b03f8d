using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Etcd.V3;
using Google.Protobuf;
using Kube.RaftStore.Apply.Access;
using Kube.RaftStore.Apply.Bolt;
using Kube.RaftStore.Lease;

namespace Kube.RaftStore.Apply.Exchange;

/// <summary>What a snapshot file holds, for people.</summary>
/// <param name="Revision">The newest revision.</param>
/// <param name="CompactRevision">The compaction revision, -1 for none.</param>
/// <param name="Versions">Versions of keys.</param>
/// <param name="Leases">Leases.</param>
/// <param name="Users">Users.</param>
public sealed record EtcdSnapshotSummary(long Revision, long CompactRevision, long Versions, int Leases, int Users);

/// <summary>
/// Turns etcd's database, from an etcd or from <see cref="EtcdSnapshotWriter"/>, into the snapshot that a member of
/// the store starts from. Keys go from one file to the other as a stream. Members are not taken over: the restored
/// data begins a cluster of its own.
/// </summary>
public sealed class EtcdSnapshotReader
{
    private readonly BoltReader _bolt;

    /// <param name="file">The database; seekable.</param>
    /// <param name="sizeBytes">Its length without a checksum behind it.</param>
    /// <exception cref="InvalidDataException">It is no database.</exception>
    public EtcdSnapshotReader(Stream file, long sizeBytes) => _bolt = new BoltReader(file, sizeBytes);

    /// <summary>Writes the state as a snapshot of the store.</summary>
    /// <param name="destination">Where it goes.</param>
    /// <param name="index">The log index that it stands for.</param>
    /// <param name="members">The members of the new cluster: id, name and peer URLs.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidDataException">The database is damaged.</exception>
    public EtcdSnapshotSummary ConvertTo(
        Stream destination,
        ulong index,
        IEnumerable<(ulong Id, string Name, IReadOnlyList<string> PeerUrls)> members,
        CancellationToken cancellationToken)
    {
        var compacted = CompactRevision();
        var revision = Math.Max(1, compacted);
        foreach (var (key, _) in _bolt.Read("key"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            revision = Math.Max(revision, MainOf(key));
        }
        var leases = Leases(index);
        var auth = Auth();
        var writer = new SnapshotWriter(destination);
        writer.WriteHeader();
        writer.WriteInt64((long)index);
        writer.WriteInt64(revision);
        writer.WriteInt64(compacted);
        MemberSnapshot.Write(writer, new MemberTable.State(
            members.ToImmutableSortedDictionary(
                static member => member.Id, static member => new StoreMember(member.Name, member.PeerUrls, [], IsLearner: false)),
            [],
            IsComplete: true));
        // No alarms: whether the new cluster is full or differs will show.
        writer.WriteInt64(0);
        writer.WriteInt64(leases.Count);
        foreach (var lease in leases)
        {
            writer.WriteInt64(lease.Id);
            writer.WriteInt64(lease.TtlSeconds);
            writer.WriteInt64((long)lease.RenewedIndex);
        }
        AuthSnapshot.Write(writer, auth);
        var versions = WriteVersions(writer, compacted, cancellationToken);
        writer.WriteByte(SnapshotFormat.End);
        writer.WriteTrailer();
        return new EtcdSnapshotSummary(revision, compacted, versions, leases.Count, auth.Users.Count);
    }

    private long WriteVersions(SnapshotWriter writer, long compacted, CancellationToken cancellationToken)
    {
        long count = 0;
        foreach (var (revision, bytes) in _bolt.Read("key"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!EtcdRevision.TryDecode(revision, out var main, out var sub, out var isTombstone))
            {
                throw new InvalidDataException($"{Convert.ToHexString(revision)} is no revision");
            }
            var pair = Parse(KeyValue.Parser, bytes, "key");
            writer.WriteByte(SnapshotFormat.VersionFollows);
            writer.WriteBytes(pair.Key.Span);
            writer.WriteInt64(main);
            writer.WriteInt64(sub);
            writer.WriteInt64(isTombstone ? 0 : pair.CreateRevision);
            writer.WriteInt64(isTombstone ? 0 : pair.Version);
            writer.WriteInt64(isTombstone ? 0 : pair.Lease);
            writer.WriteBytes(isTombstone ? default : pair.Value.Span);
            count++;
        }
        return count;
    }

    /// <summary>A compaction that was asked for counts, whether or not etcd had carried it through.</summary>
    private long CompactRevision()
    {
        long compacted = -1;
        foreach (var (key, value) in _bolt.Read("meta"))
        {
            if (Encoding.UTF8.GetString(key) is "scheduledCompactRev" or "finishedCompactRev")
            {
                compacted = Math.Max(compacted, MainOf(value));
            }
        }
        return compacted > 0 ? compacted : -1;
    }

    private static long MainOf(byte[] revision) => EtcdRevision.TryDecode(revision, out var main, out _, out _)
        ? main
        : throw new InvalidDataException($"{Convert.ToHexString(revision)} is no revision");

    private List<LeaseRecord> Leases(ulong index)
    {
        var leases = new List<LeaseRecord>();
        foreach (var (_, value) in _bolt.Read("lease"))
        {
            leases.Add(LeaseOf(value, index));
        }
        leases.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        return leases;
    }

    /// <summary>Field 1 is the id, field 2 the time to live; how much of it was left does not count, leases begin anew.</summary>
    private static LeaseRecord LeaseOf(byte[] bytes, ulong index)
    {
        long id = 0, ttlSeconds = 0;
        try
        {
            var input = new CodedInputStream(bytes);
            for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
            {
                switch (tag)
                {
                    case 1 << 3:
                        id = input.ReadInt64();
                        break;
                    case 2 << 3:
                        ttlSeconds = input.ReadInt64();
                        break;
                    default:
                        input.SkipLastField();
                        break;
                }
            }
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidDataException($"a lease is damaged: {e.Message}", e);
        }
        return new LeaseRecord(id, ttlSeconds, index);
    }

    private AuthState Auth()
    {
        var state = AuthState.Empty;
        foreach (var (key, value) in _bolt.Read("auth"))
        {
            state = Encoding.UTF8.GetString(key) switch
            {
                "authEnabled" => state with { IsEnabled = value is [1] },
                "authRevision" when value.Length == 8 => state with { Revision = Math.Max(1, BinaryPrimitives.ReadUInt64BigEndian(value)) },
                _ => state,
            };
        }
        var users = _bolt.Read("authUsers").Select(static entry => Parse(User.Parser, entry.Value, "user")).Select(static user => new AuthUser(
            user.Name.ToStringUtf8(), user.Password, AuthState.NoRoles.Union(user.Roles), user.Options is { NoPassword: true }));
        var roles = _bolt.Read("authRoles").Select(static entry => Parse(Role.Parser, entry.Value, "role")).Select(static role => new AuthRole(
            role.Name.ToStringUtf8(), [.. role.KeyPermission]));
        return state with
        {
            Users = state.Users.AddRange(users.Select(static user => KeyValuePair.Create(user.Name, user))),
            Roles = state.Roles.AddRange(roles.Select(static role => KeyValuePair.Create(role.Name, role))),
        };
    }

    private static T Parse<T>(MessageParser<T> parser, byte[] bytes, string what)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidDataException($"a {what} is damaged: {e.Message}", e);
        }
    }
}
