using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.Raft.V1;
using Kube.RaftStore.Raft;
using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Transport.Grpc;

/// <summary>
/// The way to one peer: a stream that is opened again whenever it breaks, and a connection of its own for a snapshot,
/// so that heartbeats do not wait behind it.
/// </summary>
internal sealed partial class PeerLink : IAsyncDisposable
{
    private readonly GrpcTransportOptions _options;
    private readonly ITransportHandler _handler;
    private readonly IMemberDirectory? _members;
    private readonly PeerTraffic _traffic;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SendQueue _queue;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;
    private volatile PeerConnection? _connection;
    private Task _snapshot = Task.CompletedTask;
    private int _address;
    private bool _wasConnected;
    private long _connectedTimestamp;

    public PeerLink(
        GrpcTransportOptions options, Transport.RaftPeer peer, ITransportHandler handler, IMemberDirectory? members, PeerTraffic traffic,
        TimeProvider time, ILogger logger)
    {
        _members = members;
        _traffic = traffic;
        _options = options;
        Peer = peer;
        _handler = handler;
        _time = time;
        _logger = logger;
        _queue = new SendQueue(options.MaxQueuedMessages, options.MaxQueuedBytes);
        _run = Task.Run(RunAsync);
    }

    public Transport.RaftPeer Peer { get; }

    /// <summary>How long the connection has stood; null while there is none.</summary>
    public TimeSpan? ConnectedFor => Interlocked.Read(ref _connectedTimestamp) is not 0 and var since ? _time.GetElapsedTime(since) : null;

    /// <summary>Queues a message for the next <see cref="Flush"/>.</summary>
    public void Send(Message message)
    {
        if (message.Type == MessageType.Snapshot)
        {
            StartSnapshot(message);
        }
        else if (!_queue.TryAdd(message))
        {
            _traffic.OnSendFailure();
            _handler.Unreachable(Peer.Id, isGone: false);
        }
    }

    /// <summary>Puts on the wire what is queued.</summary>
    public void Flush() => _connection?.Flush();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(false);
        await _snapshot.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var backOff = _options.MinBackOff;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ExchangeAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                OnBroken(e);
            }

            Interlocked.Exchange(ref _connectedTimestamp, 0);
            if (_wasConnected)
            {
                // At once: whether the peer's process is still there decides how soon a new leader is looked for.
                _wasConnected = false;
                backOff = _options.MinBackOff;
                continue;
            }

            _address++;
            if (!await TryPauseAsync(backOff).ConfigureAwait(false))
            {
                return;
            }

            backOff = backOff * 2 < _options.MaxBackOff ? backOff * 2 : _options.MaxBackOff;
        }
    }

    private async Task<bool> TryPauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _time, _stop.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void OnBroken(Exception exception)
    {
        if (exception is RpcException { StatusCode: StatusCode.NotFound })
        {
            _members?.OnRemoved();
        }

        _traffic.OnSendFailure();
        if (_wasConnected)
        {
            _traffic.OnDisconnected();
        }

        var isGone = IsRefused(exception);
        if (_wasConnected || !isGone)
        {
            LogBroken(_logger, _options.MemberId, Peer.Id, exception.Message);
        }

        if (_queue.Clear() || _wasConnected || isGone)
        {
            _handler.Unreachable(Peer.Id, isGone);
        }
    }

    private static bool IsRefused(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One stream, from its opening to its end.</summary>
    private async Task ExchangeAsync(CancellationToken cancellationToken)
    {
        using var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        _wasConnected = true;
        Interlocked.Exchange(ref _connectedTimestamp, Math.Max(1, _time.GetTimestamp()));
        LogConnected(_logger, _options.MemberId, Peer.Id, Address);
        _connection = connection;
        try
        {
            _handler.Connected(Peer.Id);
            // What was queued since the last break: a member hears of a leader before its own way there stands, and nobody repeats a
            // proposal that it forwards.
            connection.Flush();
            // Nothing more comes but the reason of an end: this read is how the end is seen even while nothing is sent.
            Check(await connection.ReadReplyAsync(cancellationToken).ConfigureAwait(false));
            throw new IOException("the peer greeted twice");
        }
        finally
        {
            _connection = null;
        }
    }

    private async Task<PeerConnection> OpenAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.ConnectTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var connection = await PeerConnection.OpenAsync(Address, _options, _queue, _traffic, Greeting(), either.Token).ConfigureAwait(false);
            try
            {
                Check(await connection.ReadReplyAsync(either.Token).ConfigureAwait(false));
                return connection;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested)
        {
            throw new IOException($"no answer from {Address} within {_options.ConnectTimeout.TotalSeconds} s", e);
        }
    }

    private Uri Address => Peer.Addresses[_address % Peer.Addresses.Count];

    private GrpcChannel OpenChannel() => PeerChannel.Open(Address, _options.Tls, _options.ConnectTimeout, _time);

    private Greeting Greeting()
    {
        var greeting = new Greeting
        {
            ProtocolVersion = GrpcTransportOptions.ProtocolVersion,
            ClusterId = _options.ClusterId,
            From = _options.MemberId,
            To = Peer.Id,
        };
        if (_members?.Members?.FirstOrDefault(m => m.Id == _options.MemberId) is { } self)
        {
            greeting.PeerUrls.AddRange(self.PeerUrls);
        }

        return greeting;
    }

    private void Check(GreetingReply reply)
    {
        if (reply.Code != 0)
        {
            throw new RpcException(new Status((StatusCode)reply.Code, reply.Detail));
        }

        var greeting = reply.Greeting ?? throw new IOException("the peer did not greet");
        if (greeting.ClusterId != _options.ClusterId || greeting.From != Peer.Id)
        {
            throw new IOException($"at {Address} answers member {greeting.From:x} of cluster {greeting.ClusterId:x}");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "member {Member:x} is connected to {Peer:x} at {Address}")]
    private static partial void LogConnected(ILogger logger, ulong member, ulong peer, Uri address);

    [LoggerMessage(Level = LogLevel.Information, Message = "member {Member:x} lost its way to {Peer:x}: {Reason}")]
    private static partial void LogBroken(ILogger logger, ulong member, ulong peer, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "member {Member:x} could not send snapshot {Index} to {Peer:x}: {Reason}")]
    private static partial void LogSnapshotFailed(ILogger logger, ulong member, ulong peer, ulong index, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "member {Member:x} sent snapshot {Index} to {Peer:x}, {Bytes} bytes from byte {Offset} on")]
    private static partial void LogSnapshotSent(ILogger logger, ulong member, ulong peer, ulong index, long bytes, ulong offset);
}
