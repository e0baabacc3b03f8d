using Grpc.Core;
using Kube.Raft.V1;
using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Transport.Grpc;

/// <summary>The receiving end of <see cref="PeerLink"/>: what is called by gRPC, and who is let in.</summary>
internal sealed class PeerService(GrpcTransportOptions options, Action<Transport.RaftPeer> introduced) : Kube.Raft.V1.RaftPeer.RaftPeerBase
{
    private const int MaxAddresses = 16;

    private readonly Lock _gate = new();
    private readonly HashSet<IncomingStream> _streams = [];
    private volatile ITransportHandler? _handler;
    private volatile IMemberDirectory? _members;

    public void Start(ITransportHandler handler) => _handler = handler;

    public void SetMembers(IMemberDirectory members) => _members = members;

    /// <summary>Ends the streams of members that were removed, which tells them so.</summary>
    public void DropRemoved()
    {
        lock (_gate)
        {
            foreach (var stream in _streams.Where(s => s.IsRemoved).ToArray())
            {
                stream.End();
            }
        }
    }

    public override Task<MembersReply> Members(MembersRequest request, ServerCallContext context)
    {
        var reply = new MembersReply { ClusterId = options.ClusterId };
        foreach (var member in _members?.Members ?? throw Starting())
        {
            var known = new PeerMember { Id = member.Id, Name = member.Name, IsLearner = member.IsLearner };
            known.PeerUrls.AddRange(member.PeerUrls);
            reply.Members.Add(known);
        }

        return Task.FromResult(reply);
    }

    /// <summary>Lets a caller's stream of messages in, until it is disposed.</summary>
    /// <exception cref="RpcException">It is not to be let in.</exception>
    public IncomingStream Admit(Greeting? greeting, CancellationToken closed)
    {
        var handler = Admit(greeting);
        var stream = new IncomingStream(this, handler, greeting!.From, closed);
        lock (_gate)
        {
            _streams.Add(stream);
        }

        return stream;
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

        RefuseRemoved(greeting.From);
        var handler = _handler ?? throw Starting();
        Introduce(greeting);
        return handler;
    }

    private void Introduce(Greeting greeting)
    {
        var addresses = new List<Uri>();
        foreach (var url in greeting.PeerUrls.Take(MaxAddresses))
        {
            if (Uri.TryCreate(url, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp))
            {
                addresses.Add(address);
            }
        }

        if (addresses.Count > 0)
        {
            introduced(new Transport.RaftPeer(greeting.From, addresses));
        }
    }

    private bool IsRemoved(ulong member) => _members?.IsRemoved(member) == true;

    private void RefuseRemoved(ulong member)
    {
        if (IsRemoved(member))
        {
            throw Removed();
        }
    }

    internal static RpcException Removed() =>
        new(new Status(StatusCode.NotFound, "the member has been permanently removed from the cluster"));

    private static RpcException Starting() => new(new Status(StatusCode.Unavailable, "the member is starting"));

    /// <summary>What has gone to and come from the peers.</summary>
    internal PeerTrafficTable Traffic { get; } = new();

    public Greeting Answer(Greeting to) => new()
    {
        ProtocolVersion = GrpcTransportOptions.ProtocolVersion,
        ClusterId = options.ClusterId,
        From = options.MemberId,
        To = to.From,
    };

    /// <summary>A caller's stream of messages.</summary>
    internal sealed class IncomingStream(PeerService service, ITransportHandler handler, ulong from, CancellationToken closed) : IDisposable
    {
        private readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(closed);

        /// <summary>Fires at the end of the connection and when the caller was removed.</summary>
        public CancellationToken Ending => _ending.Token;

        public bool IsRemoved => service.IsRemoved(from);

        /// <exception cref="RpcException">They are not what a member of this version sends, or the caller was removed.</exception>
        public void Receive(IReadOnlyList<RaftMessage> messages)
        {
            service.RefuseRemoved(from);
            handler.Receive(Read(messages, from));
        }

        public void End() => _ending.Cancel();

        public void Dispose()
        {
            lock (service._gate)
            {
                service._streams.Remove(this);
            }

            _ending.Dispose();
        }
    }

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
