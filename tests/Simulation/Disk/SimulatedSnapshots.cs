using System.Buffers.Binary;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage;

namespace Kube.RaftStore.Simulation.Disk;

/// <summary>Snapshots on a simulated disk: in place once complete, verified before they are used.</summary>
internal sealed class SimulatedSnapshots(SimulatedDisk disk, IDiskHost host) : ISnapshotStore
{
    private const int TrailerBytes = 4;

    public ISnapshotWriter Create(SnapshotMetadata snapshot) => new Writer(this, snapshot);

    public Stream OpenState(SnapshotMetadata snapshot)
    {
        if (!disk.Snapshots.TryGetValue(snapshot.Index, out var found) || found.Metadata != snapshot)
        {
            throw new FileNotFoundException($"no snapshot of index {snapshot.Index}");
        }

        if (Crc32C.Append(0, found.State) != found.Checksum)
        {
            throw new StorageCorruptException("simulated snapshot", 0, "the state has a bad checksum");
        }

        if (host.IsPreviousBuild && !PreviousFormat.CanRead(found.State))
        {
            throw new NewerFormatException();
        }

        return new MemoryStream(found.State, writable: false);
    }

    public Stream? OpenToSend(SnapshotMetadata snapshot)
    {
        if (!disk.Snapshots.TryGetValue(snapshot.Index, out var found) || found.Metadata != snapshot)
        {
            return null;
        }

        var bytes = new byte[found.State.Length + TrailerBytes];
        found.State.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(found.State.Length), found.Checksum);
        return new MemoryStream(bytes, writable: false);
    }

    public IReceivedSnapshot Receive(SnapshotMetadata snapshot)
    {
        foreach (var other in disk.Receiving.Keys.Where(s => s != snapshot).ToArray())
        {
            disk.Receiving.Remove(other);
        }

        if (!disk.Receiving.TryGetValue(snapshot, out var stream))
        {
            disk.Receiving.Add(snapshot, stream = new MemoryStream());
        }

        return new Receiver(this, snapshot, stream);
    }

    public void PutReceivedInPlace(SnapshotMetadata snapshot)
    {
        if (disk.Received.Remove(snapshot, out var bytes))
        {
            disk.Snapshots[snapshot.Index] = new DiskSnapshot(
                snapshot, bytes[..^TrailerBytes], BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(bytes.Length - TrailerBytes)));
        }
        else if (!disk.Snapshots.ContainsKey(snapshot.Index))
        {
            throw new StorageFaultException($"no snapshot of index {snapshot.Index} was received");
        }
    }

    private sealed class Writer(SimulatedSnapshots snapshots, SnapshotMetadata snapshot) : ISnapshotWriter
    {
        private readonly MemoryStream _state = new();

        public Stream State => _state;

        public void Commit()
        {
            snapshots.Host.Step();
            var state = snapshots.Host.IsPreviousBuild ? PreviousFormat.OfSnapshot(_state.ToArray()) : _state.ToArray();
            snapshots.Disk.Snapshots[snapshot.Index] = new DiskSnapshot(snapshot, state, Crc32C.Append(0, state));
            snapshots.Host.Step();
        }

        public void Dispose()
        {
        }
    }

    private sealed class Receiver(SimulatedSnapshots snapshots, SnapshotMetadata snapshot, MemoryStream stream) : IReceivedSnapshot
    {
        public long OffsetBytes => stream.Length;

        public void Write(ReadOnlySpan<byte> chunk)
        {
            snapshots.Host.Step();
            stream.Write(chunk);
        }

        public void Complete()
        {
            var bytes = stream.ToArray();
            snapshots.Disk.Receiving.Remove(snapshot);
            if (bytes.Length < TrailerBytes
                || Crc32C.Append(0, bytes.AsSpan(0, bytes.Length - TrailerBytes)) != BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(bytes.Length - TrailerBytes)))
            {
                throw new StorageCorruptException("simulated reception", 0, "the state has a bad checksum");
            }

            snapshots.Disk.Received[snapshot] = bytes;
            snapshots.Host.Step();
        }

        public void Dispose()
        {
        }
    }

    private SimulatedDisk Disk => disk;

    private IDiskHost Host => host;
}
