using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Transport;

namespace Kube.RaftStore.Server.Replication;

public sealed partial class ReplicatedLog
{
    /// <summary>What the transport brings, handed to the driver.</summary>
    private sealed class TransportHandler(ReplicatedLog log) : ITransportHandler
    {
        public bool Receive(IReadOnlyList<Message> messages) => log._inbox.TryAdd(messages);

        public void Connected(ulong peer) => log._inbox.Post(() => log.OnConnected(peer));

        public void Unreachable(ulong peer, bool isGone)
        {
            log._inbox.AddUnreachable(peer);
            if (isGone)
            {
                log._inbox.Post(() => log.OnDisconnected(peer, isGone));
            }
        }

        public Stream? OpenSnapshot(SnapshotMetadata snapshot) => log._storage.Snapshots.OpenToSend(snapshot);

        public ISnapshotSink? ReceiveSnapshot(Message message)
        {
            // Read on another thread than the driver's: a hint only, the node decides at the end.
            if (message.Snapshot is not { } snapshot)
            {
                return null;
            }

            if (snapshot.Index <= log.Status.CommitIndex)
            {
                // The leader does not know how far this member is: without the node's answer it would offer the snapshot for ever.
                log._inbox.TryAdd([message]);
                return null;
            }

            return new Sink(log, message, log._storage.Snapshots.Receive(snapshot));
        }

        public void SnapshotSent(ulong peer, bool delivered) => log._inbox.Post(() => log._node.ReportSnapshot(peer, delivered));
    }

    private sealed class Sink(ReplicatedLog log, Message message, IReceivedSnapshot received) : ISnapshotSink
    {
        public long OffsetBytes => received.OffsetBytes;

        public void Write(ReadOnlySpan<byte> chunk) => received.Write(chunk);

        public void Complete()
        {
            received.Complete();
            log._inbox.TryAdd([message]);
        }

        public void Dispose() => received.Dispose();
    }
}
