using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Transport;

/// <summary>A member and where it listens for the others.</summary>
/// <param name="Id">The member.</param>
/// <param name="Addresses">Its peer URLs, tried in turn.</param>
public sealed record RaftPeer(ulong Id, IReadOnlyList<Uri> Addresses);

/// <summary>
/// Carries messages between members. Nothing is guaranteed: messages are lost, late, doubled or out of order, and Raft
/// lives with that; what is delivered is what was sent. Safe for use from many threads.
/// </summary>
public interface IRaftTransport : IAsyncDisposable
{
    /// <summary>Begins to deliver to <paramref name="handler"/>. Called once.</summary>
    void Start(ITransportHandler handler);

    /// <summary>
    /// Queues messages to their receivers and returns at once. A full queue drops, and tells
    /// <see cref="ITransportHandler.Unreachable"/>. A <see cref="MessageType.Snapshot"/> message goes its own way,
    /// with its state, and ends in <see cref="ITransportHandler.SnapshotSent"/>.
    /// </summary>
    void Send(IReadOnlyList<Message> messages);

    /// <summary>Sets the members that can be sent to; connections to others end.</summary>
    void SetPeers(IReadOnlyList<RaftPeer> peers);
}

/// <summary>The member's side of its transport. Called from any thread; must not block for long.</summary>
public interface ITransportHandler
{
    /// <summary>Takes messages from a peer; false when there is no room and they are lost.</summary>
    bool Receive(IReadOnlyList<Message> messages);

    /// <summary>A connection to a peer stands.</summary>
    void Connected(ulong peer);

    /// <summary>The connection with a peer broke, or messages to it were dropped.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="isGone">True when it looks as though its process has ended.</param>
    void Unreachable(ulong peer, bool isGone);

    /// <summary>Opens the bytes of a snapshot that is to be sent; null when it is gone.</summary>
    Stream? OpenSnapshot(SnapshotMetadata snapshot);

    /// <summary>
    /// Begins to take a snapshot, or goes on where an earlier reception of the same broke off; null when it is not wanted.
    /// </summary>
    /// <param name="message">The message that the snapshot belongs to; it is delivered by the sink's end.</param>
    ISnapshotSink? ReceiveSnapshot(Message message);

    /// <summary>The sending of a snapshot has ended.</summary>
    void SnapshotSent(ulong peer, bool delivered);
}

/// <summary>Where a received snapshot goes.</summary>
public interface ISnapshotSink : IDisposable
{
    /// <summary>Bytes that are here already.</summary>
    long OffsetBytes { get; }

    void Write(ReadOnlySpan<byte> chunk);

    /// <summary>Verifies the whole, makes it durable and delivers its message.</summary>
    void Complete();
}
