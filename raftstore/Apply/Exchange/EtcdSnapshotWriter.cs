using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Etcd.V3;
using Google.Protobuf;
using Kube.RaftStore.Apply.Access;
using Kube.RaftStore.Apply.Bolt;
using Kube.RaftStore.Lease;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Apply.Exchange;

/// <summary>
/// The whole state as the database that an etcd with the same history would hold: the file that `etcdctl snapshot
/// save` gets and that etcd restores. A view of one moment; later changes do not show. Dispose it when done.
/// </summary>
/// <remarks>Buckets, keys and encodings are those of etcd 3.5 (server/mvcc/buckets, server/etcdserver/api/membership).</remarks>
public sealed class EtcdSnapshotWriter : IDisposable
{
    /// <summary>The version of the cluster that the file names: that of the data, not of any server.</summary>
    private const string ClusterVersion = "3.5.0";

    private readonly MvccStore.StoreImage _image;
    private readonly BoltWriter _bolt;

    /// <param name="machine">The state.</param>
    /// <param name="term">The present term.</param>
    /// <param name="cancellationToken">Ends the first walk through the state.</param>
    public EtcdSnapshotWriter(StoreStateMachine machine, ulong term, CancellationToken cancellationToken)
    {
        // Taken before the keys, so that no key of the file hangs on a lease that is not in it.
        var leases = machine.Leases.All();
        var index = machine.AppliedIndex;
        var members = machine.Members.Capture();
        _image = machine.Store.CaptureImage();
        try
        {
            _bolt = new BoltWriter(
                [
                    new("key", Keys(machine.Store)),
                    new("meta", Sorted(Meta(index, term))),
                    new("lease", Sorted(leases.Select(LeaseEntry))),
                    new("alarm", Sorted(machine.Alarms.Raised.Select(AlarmEntry))),
                    new("auth", Sorted(Auth(machine.Auth.Current))),
                    new("authUsers", Sorted(machine.Auth.Current.Users.Values.Select(UserEntry))),
                    new("authRoles", Sorted(machine.Auth.Current.Roles.Values.Select(RoleEntry))),
                    new("members", Sorted(members.Members.Select(static member => MemberEntry(member.Key, member.Value)))),
                    new("members_removed", Sorted(members.Removed.Select(static id => Entry(HexOf(id), "removed"u8.ToArray())))),
                    new("cluster", [Entry("clusterVersion", Encoding.UTF8.GetBytes(ClusterVersion))]),
                ],
                cancellationToken);
        }
        catch
        {
            _image.Dispose();
            throw;
        }
    }

    /// <summary>Length of the file.</summary>
    public long SizeBytes => _bolt.SizeBytes;

    /// <summary>The file, part by part. A part is valid until the next is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Chunks(CancellationToken cancellationToken) => _bolt.Chunks(cancellationToken);

    public void Dispose() => _image.Dispose();

    private IEnumerable<BoltEntry> Keys(MvccStore store)
    {
        foreach (var version in _image.Versions)
        {
            var head = HeadOf(version);
            var value = version.IsTombstone ? 0 : version.Value.Length;
            yield return new BoltEntry(
                EtcdRevision.Encode(version.ModRevision, version.Sub, version.IsTombstone),
                EtcdRevision.SizeOf(head, value),
                destination => EtcdRevision.Write(destination, head, value == 0 ? default : store.Values.Read(version.Value).Span));
        }
    }

    /// <summary>The stored form without its value. A deletion has nothing but its key.</summary>
    private static KeyValue HeadOf(KeyVersion version) => version.IsTombstone
        ? new KeyValue { Key = UnsafeByteOperations.UnsafeWrap(version.Key) }
        : new KeyValue
        {
            Key = UnsafeByteOperations.UnsafeWrap(version.Key),
            CreateRevision = version.CreateRevision,
            ModRevision = version.ModRevision,
            Version = version.Version,
            Lease = version.Lease,
        };

    private IEnumerable<BoltEntry> Meta(ulong index, ulong term)
    {
        yield return Entry("consistent_index", BigEndian(index));
        yield return Entry("term", BigEndian(term));
        if (_image.CompactRevision > 0)
        {
            var compacted = EtcdRevision.Encode(_image.CompactRevision, 0, isTombstone: false);
            yield return Entry("scheduledCompactRev", compacted);
            yield return Entry("finishedCompactRev", compacted);
        }
    }

    private static BoltEntry LeaseEntry(LeaseRecord lease)
    {
        var value = new MemoryStream();
        using (var output = new CodedOutputStream(value, leaveOpen: true))
        {
            output.WriteRawTag(1 << 3);
            output.WriteInt64(lease.Id);
            output.WriteRawTag(2 << 3);
            output.WriteInt64(lease.TtlSeconds);
        }
        return new BoltEntry(BigEndian((ulong)lease.Id), value.ToArray());
    }

    private static BoltEntry AlarmEntry((ulong Member, AlarmType Type) alarm)
        => new(new AlarmMember { MemberID = alarm.Member, Alarm = alarm.Type }.ToByteArray(), default(ReadOnlyMemory<byte>));

    private static IEnumerable<BoltEntry> Auth(AuthState state)
    {
        yield return Entry("authEnabled", [state.IsEnabled ? (byte)1 : (byte)0]);
        yield return Entry("authRevision", BigEndian(state.Revision));
    }

    private static BoltEntry UserEntry(AuthUser user)
    {
        var message = new User
        {
            Name = ByteString.CopyFromUtf8(user.Name),
            Password = user.PasswordHash,
            Options = new UserAddOptions { NoPassword = user.HasNoPassword },
        };
        message.Roles.AddRange(user.Roles);
        return Entry(user.Name, message.ToByteArray());
    }

    private static BoltEntry RoleEntry(AuthRole role)
    {
        var message = new Role { Name = ByteString.CopyFromUtf8(role.Name) };
        message.KeyPermission.AddRange(role.Permissions);
        return Entry(role.Name, message.ToByteArray());
    }

    private static BoltEntry MemberEntry(ulong id, StoreMember member)
    {
        var json = new JsonObject
        {
            ["id"] = id,
            ["peerURLs"] = new JsonArray([.. member.PeerUrls.Select(static url => JsonValue.Create(url))]),
        };
        if (member.IsLearner)
        {
            json["isLearner"] = true;
        }
        if (member.Name.Length > 0)
        {
            json["name"] = member.Name;
        }
        if (member.ClientUrls.Count > 0)
        {
            json["clientURLs"] = new JsonArray([.. member.ClientUrls.Select(static url => JsonValue.Create(url))]);
        }
        return Entry(HexOf(id), Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    private static string HexOf(ulong id) => id.ToString("x", CultureInfo.InvariantCulture);

    private static BoltEntry Entry(string key, byte[] value) => new(Encoding.UTF8.GetBytes(key), value);

    private static List<BoltEntry> Sorted(IEnumerable<BoltEntry> entries)
    {
        var sorted = entries.ToList();
        sorted.Sort(static (a, b) => a.Key.Span.SequenceCompareTo(b.Key.Span));
        return sorted;
    }

    private static byte[] BigEndian(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}
