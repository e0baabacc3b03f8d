using Etcd.V3;
using Kube.RaftStore.Apply.Access;
using Kube.RaftStore.Lease;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Apply;

public sealed partial class StoreStateMachine
{
    /// <inheritdoc/>
    public IStateSnapshot CaptureSnapshot() => new Snapshot(
        _appliedIndex, Store, Store.CaptureImage(), Leases.All(), Alarms.Raised, Members.Capture(), Auth.Current);

    /// <inheritdoc/>
    public void Restore(Stream source)
    {
        var reader = new SnapshotReader(source);
        var format = reader.ReadHeader();
        var index = (ulong)reader.ReadInt64();
        var contents = Store.BeginRestore();
        contents.Revision = reader.ReadInt64();
        contents.CompactRevision = reader.ReadInt64();
        var members = MemberSnapshot.Read(reader, format);
        var alarms = ReadAlarms(reader);
        var leases = ReadLeases(reader);
        var auth = format >= SnapshotFormat.WithAuth ? AuthSnapshot.Read(reader) : AuthState.Empty;
        while (reader.ReadByte() == SnapshotFormat.VersionFollows)
        {
            ReadVersion(reader, contents);
        }
        // Nothing is taken over before the checksum has proved all of it.
        reader.ReadTrailer();

        Store.Adopt(contents);
        Members.Replace(members);
        Alarms.Replace(alarms);
        Auth.Replace(auth);
        // Tokens given in entries that the snapshot stands for are not known here.
        TokensChanged?.Invoke(new TokenChange(null, null));
        Leases.Reset(leases);
        foreach (var version in contents.LiveVersions)
        {
            Leases.Move(version.Key, 0, version.Lease);
        }
        Clock.Reset(leases);
        Volatile.Write(ref _appliedIndex, index);
        Restored?.Invoke();
    }

    private static void ReadVersion(SnapshotReader reader, MvccStore.StoreBuilder contents)
    {
        var key = reader.ReadBytes();
        var main = reader.ReadInt64();
        var sub = (int)reader.ReadInt64();
        var create = reader.ReadInt64();
        var version = reader.ReadInt64();
        var lease = reader.ReadInt64();
        ValueReference? place = null;
        var value = contents.HasReferences ? reader.ReadValue(out place) : reader.ReadSpan();
        var isAdded = place is { } found
            ? contents.TryAdd(key, main, sub, create, version, lease, found)
            : contents.TryAdd(key, main, sub, create, version, lease, value);
        if (!isAdded)
        {
            throw new InvalidDataException($"snapshot holds version {main}_{sub} out of order or malformed");
        }
    }

    private static List<(ulong Member, AlarmType Type)> ReadAlarms(SnapshotReader reader)
    {
        var alarms = new List<(ulong, AlarmType)>();
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            alarms.Add(((ulong)reader.ReadInt64(), (AlarmType)reader.ReadInt64()));
        }
        return alarms;
    }

    private static List<LeaseRecord> ReadLeases(SnapshotReader reader)
    {
        var leases = new List<LeaseRecord>();
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            leases.Add(new LeaseRecord(reader.ReadInt64(), reader.ReadInt64(), (ulong)reader.ReadInt64()));
        }
        return leases;
    }

    private sealed class Snapshot(
        ulong index,
        MvccStore store,
        MvccStore.StoreImage image,
        IReadOnlyList<LeaseRecord> leases,
        IReadOnlyList<(ulong Member, AlarmType Type)> alarms,
        MemberTable.State members,
        AuthState auth) : IStateSnapshot
    {
        public ulong Index => index;

        public void WriteTo(Stream destination, CancellationToken cancellationToken)
        {
            var writer = new SnapshotWriter(destination);
            writer.WriteHeader();
            writer.WriteInt64((long)index);
            writer.WriteInt64(image.Revision);
            writer.WriteInt64(image.CompactRevision);
            WriteTables(writer);
            var count = 0;
            foreach (var version in image.Versions)
            {
                if ((++count & 1023) == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }
                writer.WriteByte(SnapshotFormat.VersionFollows);
                writer.WriteBytes(version.Key);
                writer.WriteInt64(version.ModRevision);
                writer.WriteInt64(version.Sub);
                writer.WriteInt64(version.CreateRevision);
                writer.WriteInt64(version.Version);
                writer.WriteInt64(version.Lease);
                if (version.IsTombstone)
                {
                    writer.WriteBytes(default);
                }
                else
                {
                    writer.WriteValue(store.Values, version.Value);
                }
            }
            writer.WriteByte(SnapshotFormat.End);
            writer.WriteTrailer();
            store.Values.SyncReferred();
        }

        public void Dispose() => image.Dispose();

        private void WriteTables(SnapshotWriter writer)
        {
            MemberSnapshot.Write(writer, members);
            writer.WriteInt64(alarms.Count);
            foreach (var (member, type) in alarms)
            {
                writer.WriteInt64((long)member);
                writer.WriteInt64((long)type);
            }
            writer.WriteInt64(leases.Count);
            foreach (var lease in leases)
            {
                writer.WriteInt64(lease.Id);
                writer.WriteInt64(lease.TtlSeconds);
                writer.WriteInt64((long)lease.RenewedIndex);
            }
            AuthSnapshot.Write(writer, auth);
        }
    }
}
