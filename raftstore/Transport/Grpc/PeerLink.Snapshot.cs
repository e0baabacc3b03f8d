using Google.Protobuf;
using Grpc.Core;
using Kube.Raft.V1;
using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Transport.Grpc;

/// <summary>The sending of snapshots, one at a time.</summary>
internal sealed partial class PeerLink
{
    private void StartSnapshot(Message message)
    {
        if (!_snapshot.IsCompleted)
        {
            _handler.SnapshotSent(Peer.Id, delivered: false);
            return;
        }

        _snapshot = Task.Run(() => SendSnapshotAsync(message));
    }

    private async Task SendSnapshotAsync(Message message)
    {
        var delivered = false;
        try
        {
            delivered = await TrySendSnapshotAsync(message, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogSnapshotFailed(_logger, _options.MemberId, Peer.Id, message.Snapshot!.Index, e.Message);
        }

        _handler.SnapshotSent(Peer.Id, delivered);
    }

    private async Task<bool> TrySendSnapshotAsync(Message message, CancellationToken cancellationToken)
    {
        using var source = _handler.OpenSnapshot(message.Snapshot!);
        if (source is null)
        {
            return false;
        }

        using var channel = OpenChannel();
        using var call = new Kube.Raft.V1.RaftPeer.RaftPeerClient(channel).SendSnapshot(cancellationToken: cancellationToken);
        // Reset with every chunk that went out.
        using var stall = new CancellationTokenSource(_options.SnapshotStallTimeout, _time);
        using var abandon = stall.Token.Register(call.Dispose);
        await call.RequestStream.WriteAsync(
            new SnapshotPart { Greeting = Greeting(), Message = WireFormat.ToWire(message) }, cancellationToken).ConfigureAwait(false);
        var reply = await NextReplyAsync(call, cancellationToken).ConfigureAwait(false);
        if (!reply.Wanted)
        {
            return false;
        }

        source.Position = checked((long)reply.OffsetBytes);
        var buffer = new byte[_options.SnapshotChunkBytes];
        for (var count = source.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false); count > 0;
            count = source.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false))
        {
            // The call has encoded the chunk when the write is done: the buffer can be used again.
            await call.RequestStream.WriteAsync(
                new SnapshotPart { Chunk = UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, count)) }, cancellationToken).ConfigureAwait(false);
            stall.CancelAfter(_options.SnapshotStallTimeout);
        }

        await call.RequestStream.CompleteAsync().ConfigureAwait(false);
        reply = await NextReplyAsync(call, cancellationToken).ConfigureAwait(false);
        LogSnapshotSent(_logger, _options.MemberId, Peer.Id, message.Snapshot!.Index, source.Length, reply.OffsetBytes);
        return reply.Stored;
    }

    private static async Task<SnapshotReply> NextReplyAsync(
        AsyncDuplexStreamingCall<SnapshotPart, SnapshotReply> call, CancellationToken cancellationToken)
    {
        if (!await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
        {
            throw new IOException("the peer ended the stream");
        }

        return call.ResponseStream.Current;
    }
}
