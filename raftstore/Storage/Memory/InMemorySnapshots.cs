using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Storage.Memory;

/// <summary>Snapshots in memory.</summary>
internal sealed class InMemorySnapshots : ISnapshotStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SnapshotMetadata, byte[]> _complete = [];
    private readonly Dictionary<SnapshotMetadata, byte[]> _received = [];
    private readonly Dictionary<SnapshotMetadata, MemoryStream> _receiving = [];

    public ISnapshotWriter Create(SnapshotMetadata snapshot) => new Writer(this, snapshot);

    public Stream OpenState(SnapshotMetadata snapshot)
    {
        lock (_lock)
        {
            return new MemoryStream(_complete[snapshot], writable: false);
        }
    }

    public Stream? OpenToSend(SnapshotMetadata snapshot)
    {
        lock (_lock)
        {
            return _complete.TryGetValue(snapshot, out var bytes) ? new MemoryStream(bytes, writable: false) : null;
        }
    }

    public IReceivedSnapshot Receive(SnapshotMetadata snapshot)
    {
        lock (_lock)
        {
            if (!_receiving.TryGetValue(snapshot, out var stream))
            {
                _receiving.Clear();
                _receiving.Add(snapshot, stream = new MemoryStream());
            }

            return new Receiver(this, snapshot, stream);
        }
    }

    public bool Has(SnapshotMetadata snapshot)
    {
        lock (_lock)
        {
            return _complete.ContainsKey(snapshot);
        }
    }

    public void PutReceivedInPlace(SnapshotMetadata snapshot)
    {
        lock (_lock)
        {
            if (_received.Remove(snapshot, out var bytes))
            {
                _complete[snapshot] = bytes;
            }

            if (!_complete.ContainsKey(snapshot))
            {
                throw new StorageFaultException($"no snapshot of index {snapshot.Index} was received");
            }
        }

        RemoveOlderThan(snapshot);
    }

    public void RemoveOlderThan(SnapshotMetadata snapshot)
    {
        lock (_lock)
        {
            foreach (var old in _complete.Keys.Where(s => s.Index < snapshot.Index).ToArray())
            {
                _complete.Remove(old);
            }
        }
    }

    private sealed class Writer(InMemorySnapshots store, SnapshotMetadata snapshot) : ISnapshotWriter
    {
        private readonly MemoryStream _state = new();

        public Stream State => _state;

        public void Commit()
        {
            lock (store._lock)
            {
                store._complete[snapshot] = _state.ToArray();
            }
        }

        public void Dispose()
        {
        }
    }

    private sealed class Receiver(InMemorySnapshots store, SnapshotMetadata snapshot, MemoryStream stream) : IReceivedSnapshot
    {
        public long OffsetBytes => stream.Length;

        public void Write(ReadOnlySpan<byte> chunk) => stream.Write(chunk);

        public void Complete()
        {
            lock (store._lock)
            {
                store._received[snapshot] = stream.ToArray();
                store._receiving.Remove(snapshot);
            }
        }

        public void Dispose()
        {
        }
    }
}
