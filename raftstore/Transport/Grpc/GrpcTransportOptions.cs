namespace Kube.RaftStore.Transport.Grpc;

/// <summary>The settings of a <see cref="GrpcRaftTransport"/>.</summary>
public sealed record GrpcTransportOptions
{
    public required ulong ClusterId { get; init; }

    public required ulong MemberId { get; init; }

    /// <summary>Null only for peers at http addresses, as tests have them.</summary>
    public PeerTls? Tls { get; init; }

    /// <summary>Most messages that wait for one peer; more are dropped.</summary>
    public int MaxQueuedMessages { get; init; } = 4096;

    /// <summary>Most bytes that wait for one peer; more are dropped.</summary>
    public long MaxQueuedBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of messages that go out together.</summary>
    public long MaxEnvelopeBytes { get; init; } = 2L << 20;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The wait after the first failed attempt; it doubles with every further one.</summary>
    public TimeSpan MinBackOff { get; init; } = TimeSpan.FromMilliseconds(20);

    public TimeSpan MaxBackOff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Bytes of a snapshot that go out together.</summary>
    public int SnapshotChunkBytes { get; init; } = 256 << 10;

    /// <summary>A snapshot that makes no progress for this long is given up.</summary>
    public TimeSpan SnapshotStallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest message a member takes: an envelope with an entry too large for it.</summary>
    internal const int MaxMessageBytes = 64 << 20;

    internal const uint ProtocolVersion = 2;
}
