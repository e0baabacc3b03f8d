using System.Buffers.Binary;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Storage.Snapshots;

namespace Kube.RaftStore.Simulation.Disk;

/// <summary>
/// Snapshots on a simulated disk: in place once complete, verified before they are used. Frames, and what a peer gets of them, are
/// production; the head alone is left out.
/// </summary>
internal sealed class SimulatedSnapshots(SimulatedDisk disk, IDiskHost host, SimulatedValueFile values) : ISnapshotStore
{
    private const string Name = "simulated snapshot";
    private readonly Dictionary<ulong, long> _holds = [];

    public ISnapshotWriter Create(SnapshotMetadata snapshot) => new Writer(this, snapshot, host.IsPreviousBuild);

    public Stream OpenState(SnapshotMetadata snapshot)
    {
        if (!disk.Snapshots.TryGetValue(snapshot.Index, out var found) || found.Metadata != snapshot)
        {
            throw new FileNotFoundException($"no snapshot of index {snapshot.Index}");
        }

        if (found.IsFramed)
        {
            return new StateFrameReader(new MemoryStream(found.Bytes, writable: false), Name, values);
        }

        var state = StateOf(found.Bytes);
        if (host.IsPreviousBuild && !PreviousFormat.CanRead(state.Span))
        {
            throw new NewerFormatException();
        }

        return new MemoryStream(state.ToArray(), writable: false);
    }

    public Stream? OpenToSend(SnapshotMetadata snapshot)
    {
        if (!disk.Snapshots.TryGetValue(snapshot.Index, out var found) || found.Metadata != snapshot)
        {
            return null;
        }

        var file = new MemoryStream(found.Bytes, writable: false);
        if (!found.IsFramed)
        {
            return file;
        }

        var hold = _holds[snapshot.Index];
        values.Holds.Hold(hold);
        var stateBytes = BinaryPrimitives.ReadInt64LittleEndian(found.Bytes.AsSpan(found.Bytes.Length - SnapshotHead.TrailerBytes));
        return new ExpandedSnapshot([], new StateFrameReader(file, Name, values), stateBytes, () => values.Holds.Release(hold));
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
            disk.Snapshots[snapshot.Index] = new DiskSnapshot(snapshot, bytes, IsFramed: false);
            ReleaseHold(snapshot.Index);
        }
        else if (!disk.Snapshots.ContainsKey(snapshot.Index))
        {
            throw new StorageFaultException($"no snapshot of index {snapshot.Index} was received");
        }
    }

    /// <summary>Keeps the newest snapshot, and the values to which it refers.</summary>
    /// <exception cref="StorageCorruptException">It is damaged, or they are not there.</exception>
    public void Recover(SnapshotMetadata latest)
    {
        var pieces = new Dictionary<long, int>();
        if (disk.Snapshots.TryGetValue(latest.Index, out var found) && found.IsFramed)
        {
            using var state = new StateFrameReader(new MemoryStream(found.Bytes, writable: false), Name, values);
            state.Walk(reference => pieces[reference.Place] = reference.PieceBytes);
            _holds.Add(latest.Index, values.Holds.Begin());
        }

        values.Recover(pieces);
        RemoveOlderThan(latest);
    }

    public void RemoveOlderThan(SnapshotMetadata snapshot)
    {
        foreach (var old in disk.Snapshots.Keys.Where(index => index < snapshot.Index).ToArray())
        {
            disk.Snapshots.Remove(old);
            ReleaseHold(old);
        }
    }

    private void ReleaseHold(ulong index)
    {
        if (_holds.Remove(index, out var hold))
        {
            values.Holds.Release(hold);
        }
    }

    /// <summary>The state in front of a trailer that says that it is sound.</summary>
    private static ReadOnlyMemory<byte> StateOf(byte[] bytes)
    {
        var length = bytes.Length - SnapshotHead.TrailerBytes;
        return length >= 0 && bytes.AsSpan(length).SequenceEqual(SnapshotHead.Trailer(length, Crc32C.Of(bytes.AsSpan(0, length))))
            ? bytes.AsMemory(0, length)
            : throw new StorageCorruptException(Name, 0, "the state has a bad checksum");
    }

    private SimulatedDisk Disk => disk;

    private IDiskHost Host => host;

    private SimulatedValueFile Values => values;

    private sealed class Writer : ISnapshotWriter
    {
        private readonly SimulatedSnapshots _snapshots;
        private readonly SnapshotMetadata _snapshot;
        private readonly MemoryStream _file = new();
        private readonly StateFrameWriter? _frames;
        private readonly long _hold;
        private bool _isInPlace;

        public Writer(SimulatedSnapshots snapshots, SnapshotMetadata snapshot, bool isPreviousBuild)
        {
            (_snapshots, _snapshot) = (snapshots, snapshot);
            _frames = isPreviousBuild ? null : new StateFrameWriter(_file);
            _hold = snapshots.Values.Holds.Begin();
        }

        public Stream State => _frames is null ? _file : _frames;

        public void Commit()
        {
            _snapshots.Host.Step();
            _snapshots.Disk.Snapshots[_snapshot.Index] = new DiskSnapshot(_snapshot, Bytes(), IsFramed: _frames is not null);
            _snapshots.ReleaseHold(_snapshot.Index);
            _snapshots._holds.Add(_snapshot.Index, _hold);
            _isInPlace = true;
            _snapshots.Host.Step();
        }

        public void Dispose()
        {
            if (!_isInPlace)
            {
                _snapshots.Values.Holds.Release(_hold);
            }
        }

        private byte[] Bytes()
        {
            if (_frames is not null)
            {
                _frames.WriteEnd();
                return _file.ToArray();
            }

            var state = PreviousFormat.OfSnapshot(_file.ToArray());
            return [.. state, .. SnapshotHead.Trailer(state.Length, Crc32C.Of(state))];
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
            StateOf(bytes);
            snapshots.Disk.Received[snapshot] = bytes;
            snapshots.Host.Step();
        }

        public void Dispose()
        {
        }
    }
}
