using System.Collections.Concurrent;

namespace Kube.RaftStore.Transport.Grpc;

/// <summary>What has gone to one peer and come from it since this process started. Thread-safe.</summary>
public sealed class PeerTraffic
{
    private long _sentBytes;
    private long _receivedBytes;
    private long _sendFailures;
    private long _disconnections;

    /// <summary>Bytes of the messages sent, without snapshots.</summary>
    public long SentBytes => Interlocked.Read(ref _sentBytes);

    /// <summary>Bytes of the messages received, without snapshots.</summary>
    public long ReceivedBytes => Interlocked.Read(ref _receivedBytes);

    /// <summary>Messages not taken because too much waited, and connections that could not be made or broke.</summary>
    public long SendFailures => Interlocked.Read(ref _sendFailures);

    /// <summary>Connections that stood and broke.</summary>
    public long Disconnections => Interlocked.Read(ref _disconnections);

    internal void OnSent(int bytes) => Interlocked.Add(ref _sentBytes, bytes);

    internal void OnReceived(long bytes) => Interlocked.Add(ref _receivedBytes, bytes);

    internal void OnSendFailure() => Interlocked.Increment(ref _sendFailures);

    internal void OnDisconnected() => Interlocked.Increment(ref _disconnections);
}

/// <summary>The traffic with every member that this one has known, those that were removed included. Thread-safe.</summary>
public sealed class PeerTrafficTable
{
    private readonly ConcurrentDictionary<ulong, PeerTraffic> _peers = new();

    /// <summary>Peers by id.</summary>
    public IReadOnlyCollection<KeyValuePair<ulong, PeerTraffic>> All => _peers.ToArray();

    internal PeerTraffic Of(ulong peer) => _peers.GetOrAdd(peer, static _ => new PeerTraffic());
}
