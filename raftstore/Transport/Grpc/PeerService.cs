using Grpc.Core;
using Kube.Raft.V1;
using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Transport.Grpc;

/// <summary>The receiving end of <see cref="PeerLink"/>.</summary>
internal sealed class PeerService(GrpcTransportOptions options) : Kube.Raft.V1.RaftPeer.RaftPeerBase
{
    private volatile ITransportHandler? _handler;

    public void Start(ITransportHandler handler) => _handler = handler;

    public override async Task Exchange(
        IAsyncStreamReader<Envelope> requestStream, IServerStreamWriter<Greeting> responseStream, ServerCallContext context)
    {
        var greeting = await requestStream.MoveNext(context.CancellationToken).ConfigureAwait(false) ? requestStream.Current.Greeting : null;
        var handler = Admit(greeting);
        await responseStream.WriteAsync(Answer(greeting!)).ConfigureAwait(false);
        while (await requestStream.MoveNext(context.CancellationToken).ConfigureAwait(false))
        {
            handler.Receive(Read(requestStream.Current.Messages, greeting!.From));
        }
    }

    public override async Task SendSnapshot(
        IAsyncStreamReader<SnapshotPart> requestStream, IServerStreamWriter<SnapshotReply> responseStream, ServerCallContext context)
    {
        var head = await requestStream.MoveNext(context.CancellationToken).ConfigureAwait(false) ? requestStream.Current : null;
        var handler = Admit(head?.Greeting);
        var message = Read([head!.Message ?? throw Invalid("a snapshot without its message")], head.Greeting.From)[0];
        using var sink = message.Snapshot is null ? throw Invalid("a snapshot without its index") : handler.ReceiveSnapshot(message);
        if (sink is null)
        {
            await responseStream.WriteAsync(new SnapshotReply { Wanted = false }).ConfigureAwait(false);
            return;
        }

        await responseStream.WriteAsync(new SnapshotReply { Wanted = true, OffsetBytes = (ulong)sink.OffsetBytes }).ConfigureAwait(false);
        while (await requestStream.MoveNext(context.CancellationToken).ConfigureAwait(false))
        {
            sink.Write(requestStream.Current.Chunk.Span);
        }

        sink.Complete();
        await responseStream.WriteAsync(new SnapshotReply { Stored = true }).ConfigureAwait(false);
    }

    private ITransportHandler Admit(Greeting? greeting)
    {
        if (greeting is null)
        {
            throw Invalid("no greeting");
        }

        if (greeting.ProtocolVersion != GrpcTransportOptions.ProtocolVersion)
        {
            throw Refused($"protocol version {greeting.ProtocolVersion}, known is {GrpcTransportOptions.ProtocolVersion}");
        }

        if (greeting.ClusterId != options.ClusterId || greeting.To != options.MemberId)
        {
            throw Refused($"this is member {options.MemberId:x} of cluster {options.ClusterId:x}, not {greeting.To:x} of {greeting.ClusterId:x}");
        }

        return _handler ?? throw new RpcException(new Status(StatusCode.Unavailable, "the member is starting"));
    }

    private Greeting Answer(Greeting to) => new()
    {
        ProtocolVersion = GrpcTransportOptions.ProtocolVersion,
        ClusterId = options.ClusterId,
        From = options.MemberId,
        To = to.From,
    };

    private static Message[] Read(IReadOnlyList<RaftMessage> wire, ulong from)
    {
        try
        {
            var messages = new Message[wire.Count];
            for (var i = 0; i < messages.Length; i++)
            {
                messages[i] = WireFormat.FromWire(wire[i]);
                if (messages[i].From != from)
                {
                    throw new FormatException($"member {from:x} speaks for {messages[i].From:x}");
                }
            }

            return messages;
        }
        catch (FormatException e)
        {
            throw Invalid(e.Message);
        }
    }

    private static RpcException Invalid(string detail) => new(new Status(StatusCode.InvalidArgument, detail));

    private static RpcException Refused(string detail) => new(new Status(StatusCode.FailedPrecondition, detail));
}
