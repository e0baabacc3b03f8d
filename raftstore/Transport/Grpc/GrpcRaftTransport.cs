using Kube.RaftStore.Raft;
using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Transport.Grpc;

/// <summary>
/// Members' messages: a stream to every peer, which the sender opens, and gRPC for snapshots and for the question who the members
/// are. Its receiving half, <see cref="Service"/> and <see cref="Exchange"/>, is served by a <see cref="PeerListener"/>.
/// </summary>
public sealed partial class GrpcRaftTransport : IRaftTransport
{
    private readonly GrpcTransportOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PeerService _service;
    private readonly Lock _lock = new();
    private readonly List<Task> _ending = [];
    private readonly Introductions _introductions = new();
    private volatile Dictionary<ulong, PeerLink> _links = [];
    private IReadOnlyList<RaftPeer> _peers = [];
    private ITransportHandler? _handler;
    private IMemberDirectory? _members;
    private bool _disposed;

    public GrpcRaftTransport(GrpcTransportOptions options, TimeProvider timeProvider, ILogger logger)
    {
        ArgumentOutOfRangeException.ThrowIfZero(options.ClusterId);
        ArgumentOutOfRangeException.ThrowIfZero(options.MemberId);
        _options = options;
        _time = timeProvider;
        _logger = logger;
        _service = new PeerService(options, Introduce);
        Exchange = new PeerExchange(_service, options.ConnectTimeout, timeProvider);
    }

    /// <summary>The service to map on the peer port.</summary>
    public Kube.Raft.V1.RaftPeer.RaftPeerBase Service => _service;

    /// <summary>What has gone to and come from the peers.</summary>
    public PeerTrafficTable Traffic => _service.Traffic;

    /// <summary>Who takes the streams of messages on the peer port.</summary>
    internal PeerExchange Exchange { get; }

    /// <summary>Sets who knows the members; without one nobody is told of them. Called before <see cref="Start"/>.</summary>
    public void SetMembers(IMemberDirectory members)
    {
        _members = members;
        _service.SetMembers(members);
    }

    /// <summary>Ends the streams of members that were removed. To be called when one was.</summary>
    public void DropRemoved()
    {
        _service.DropRemoved();
        lock (_lock)
        {
            if (_introductions.Forget(peer => _members?.IsRemoved(peer) == true))
            {
                Connect();
            }
        }
    }

    /// <summary>How long the connection to a peer has stood; null while there is none.</summary>
    public TimeSpan? ConnectedFor(ulong peer) => _links.TryGetValue(peer, out var link) ? link.ConnectedFor : null;

    public void Start(ITransportHandler handler)
    {
        lock (_lock)
        {
            _handler = handler;
            _service.Start(handler);
            Connect();
        }
    }

    public void SetPeers(IReadOnlyList<RaftPeer> peers)
    {
        lock (_lock)
        {
            _peers = [.. peers.Where(p => p.Id != _options.MemberId)];
            Connect();
        }
    }

    public void Send(IReadOnlyList<Message> messages)
    {
        var links = _links;
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            if (links.TryGetValue(message.To, out var link))
            {
                link.Send(message);
            }
            else if (message.Type == MessageType.Snapshot)
            {
                _handler?.SnapshotSent(message.To, delivered: false);
            }
        }

        foreach (var link in links.Values)
        {
            link.Flush();
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<Task> ending;
        lock (_lock)
        {
            _disposed = true;
            _peers = [];
            _introductions.Forget(_ => true);
            Connect();
            ending = [.. _ending];
        }

        await Task.WhenAll(ending).ConfigureAwait(false);
    }

    /// <summary>A caller says where it listens.</summary>
    private void Introduce(RaftPeer peer)
    {
        lock (_lock)
        {
            if (!_disposed && _introductions.TryNote(peer, _peers))
            {
                LogIntroduced(_logger, _options.MemberId, peer.Id, peer.Addresses[0]);
                Connect();
            }
        }
    }

    /// <summary>Makes the links those of the peers. Under the lock.</summary>
    private void Connect()
    {
        if (_handler is null || (_disposed && _peers.Count > 0))
        {
            return;
        }

        var next = new Dictionary<ulong, PeerLink>();
        foreach (var peer in _introductions.Complete(_peers).Where(p => p.Addresses.Count > 0))
        {
            next[peer.Id] = _links.TryGetValue(peer.Id, out var link) && link.Peer.Addresses.SequenceEqual(peer.Addresses)
                ? link
                : new PeerLink(_options, peer, _handler, _members, Traffic.Of(peer.Id), _time, _logger);
        }

        _ending.RemoveAll(t => t.IsCompleted);
        _ending.AddRange(_links.Values.Except(next.Values).Select(l => l.DisposeAsync().AsTask()));
        _links = next;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "member {Member:x} learns from {Peer:x} itself that it listens at {Address}")]
    private static partial void LogIntroduced(ILogger logger, ulong member, ulong peer, Uri address);
}
