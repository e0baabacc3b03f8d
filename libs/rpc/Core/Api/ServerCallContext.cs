namespace Grpc.Core;

/// <summary>
/// One call as its handler sees it; valid until the handler's task completes. Its members may be read from any
/// thread, but headers, trailers and status are to be set by one thread at a time.
/// </summary>
public abstract class ServerCallContext
{
    private Dictionary<object, object>? _userState;

    /// <summary>Path of the method: <c>/service/method</c>.</summary>
    public string Method => MethodCore;

    /// <summary>The authority that the client called.</summary>
    public string Host => HostCore;

    /// <summary>Address of the client: <c>ipv4:a.b.c.d:port</c>, <c>ipv6:[a]:port</c> or <c>unix:path</c>.</summary>
    public string Peer => PeerCore;

    /// <summary>When the call ends with DEADLINE_EXCEEDED, in UTC; <see cref="DateTime.MaxValue"/> when never.</summary>
    public DateTime Deadline => DeadlineCore;

    /// <summary>Metadata that the client sent, without what the protocol itself uses.</summary>
    public Metadata RequestHeaders => RequestHeadersCore;

    /// <summary>
    /// Fires when the client resets the stream, when its connection is lost and when the deadline passes. It does
    /// not fire when the call completes.
    /// </summary>
    public CancellationToken CancellationToken => CancellationTokenCore;

    /// <summary>Metadata to send after the last message; may be added to until the handler returns.</summary>
    public Metadata ResponseTrailers => ResponseTrailersCore;

    /// <summary>Outcome of the call when the handler returns without exception; OK unless set.</summary>
    public Status Status
    {
        get => StatusCore;
        set => StatusCore = value;
    }

    /// <summary>Options of the response messages; null means <see cref="WriteOptions.Default"/>.</summary>
    public WriteOptions? WriteOptions
    {
        get => WriteOptionsCore;
        set => WriteOptionsCore = value;
    }

    /// <summary>What the connection proves about the client.</summary>
    public AuthContext AuthContext => AuthContextCore;

    /// <summary>A place for what travels with the call.</summary>
    public IDictionary<object, object> UserState => UserStateCore;

    /// <summary>Place of <see cref="UserState"/>.</summary>
    protected virtual IDictionary<object, object> UserStateCore => _userState ??= [];

    /// <summary>See <see cref="Method"/>.</summary>
    protected abstract string MethodCore { get; }

    /// <summary>See <see cref="Host"/>.</summary>
    protected abstract string HostCore { get; }

    /// <summary>See <see cref="Peer"/>.</summary>
    protected abstract string PeerCore { get; }

    /// <summary>See <see cref="Deadline"/>.</summary>
    protected abstract DateTime DeadlineCore { get; }

    /// <summary>See <see cref="RequestHeaders"/>.</summary>
    protected abstract Metadata RequestHeadersCore { get; }

    /// <summary>See <see cref="CancellationToken"/>.</summary>
    protected abstract CancellationToken CancellationTokenCore { get; }

    /// <summary>See <see cref="ResponseTrailers"/>.</summary>
    protected abstract Metadata ResponseTrailersCore { get; }

    /// <summary>See <see cref="Status"/>.</summary>
    protected abstract Status StatusCore { get; set; }

    /// <summary>See <see cref="WriteOptions"/>.</summary>
    protected abstract WriteOptions? WriteOptionsCore { get; set; }

    /// <summary>See <see cref="AuthContext"/>.</summary>
    protected abstract AuthContext AuthContextCore { get; }

    /// <summary>Sends the response headers now, with this metadata. At most once, and before the first message.</summary>
    public Task WriteResponseHeadersAsync(Metadata responseHeaders) => WriteResponseHeadersAsyncCore(responseHeaders);

    /// <summary>Hands deadline and cancellation on to the client calls of the handler.</summary>
    public ContextPropagationToken CreatePropagationToken(ContextPropagationOptions? options = null) =>
        CreatePropagationTokenCore(options);

    /// <summary>See <see cref="WriteResponseHeadersAsync"/>.</summary>
    protected abstract Task WriteResponseHeadersAsyncCore(Metadata responseHeaders);

    /// <summary>See <see cref="CreatePropagationToken"/>.</summary>
    protected abstract ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options);
}
