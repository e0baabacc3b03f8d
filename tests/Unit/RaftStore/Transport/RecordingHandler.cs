using System.Collections.Concurrent;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Transport;

namespace Kube.RaftStore.Tests.Transport;

/// <summary>Writes down what a transport delivers.</summary>
internal sealed class RecordingHandler : ITransportHandler
{
    public ConcurrentQueue<Message> Received { get; } = new();

    public ConcurrentQueue<ulong> ConnectedPeers { get; } = new();

    public ConcurrentQueue<(ulong Peer, bool IsGone)> Lost { get; } = new();

    public ConcurrentQueue<(ulong Peer, bool Delivered)> Snapshots { get; } = new();

    public byte[]? SnapshotBytes { get; set; }

    /// <summary>What has been received of a snapshot; kept across receptions.</summary>
    public MemoryStream ReceivedSnapshot { get; } = new();

    /// <summary>Bytes after which a reception breaks, once.</summary>
    public long BreakAfterBytes { get; set; } = long.MaxValue;

    public bool Receive(IReadOnlyList<Message> messages)
    {
        foreach (var message in messages)
        {
            Received.Enqueue(message);
        }

        return true;
    }

    public void Connected(ulong peer) => ConnectedPeers.Enqueue(peer);

    public void Unreachable(ulong peer, bool isGone) => Lost.Enqueue((peer, isGone));

    public Stream? OpenSnapshot(SnapshotMetadata snapshot) => SnapshotBytes is null ? null : new MemoryStream(SnapshotBytes);

    public ISnapshotSink? ReceiveSnapshot(Message message) => new Sink(this, message);

    public void SnapshotSent(ulong peer, bool delivered) => Snapshots.Enqueue((peer, delivered));

    private sealed class Sink(RecordingHandler handler, Message message) : ISnapshotSink
    {
        public long OffsetBytes => handler.ReceivedSnapshot.Length;

        public void Write(ReadOnlySpan<byte> chunk)
        {
            if (handler.ReceivedSnapshot.Length + chunk.Length > handler.BreakAfterBytes)
            {
                handler.BreakAfterBytes = long.MaxValue;
                throw new IOException("the test breaks the reception");
            }

            handler.ReceivedSnapshot.Write(chunk);
        }

        public void Complete() => handler.Received.Enqueue(message);

        public void Dispose()
        {
        }
    }
}
