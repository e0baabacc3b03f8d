using System.Buffers.Binary;
using Kube.RaftStore.Apply.Access;

namespace Kube.RaftStore.Apply;

/// <summary>One number for the whole state, equal on all members that have applied the same entries.</summary>
public static class StateHash
{
    /// <summary>The hash of history, leases, alarms, users and roles. Members compare only at the same applied index.</summary>
    public static uint Of(StoreStateMachine machine)
    {
        var history = machine.Store.HashHistory(0);
        var state = history.Hash;
        Span<byte> bytes = stackalloc byte[24];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, history.CompactRevision);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], history.StoreRevision);
        state = SnapshotFormat.Checksum(state, bytes[..16]);
        foreach (var lease in machine.Leases.All())
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, lease.Id);
            BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], lease.TtlSeconds);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], lease.RenewedIndex);
            state = SnapshotFormat.Checksum(state, bytes);
        }
        foreach (var (member, type) in machine.Alarms.Raised)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, member);
            BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], (long)type);
            state = SnapshotFormat.Checksum(state, bytes[..16]);
        }
        var auth = new MemoryStream();
        var writer = new SnapshotWriter(auth, bufferBytes: 1 << 10);
        AuthSnapshot.Write(writer, machine.Auth.Current);
        writer.WriteTrailer();
        return SnapshotFormat.Checksum(state, auth.GetBuffer().AsSpan(0, (int)auth.Length));
    }
}
