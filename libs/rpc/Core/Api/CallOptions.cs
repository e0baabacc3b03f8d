namespace Grpc.Core;

/// <summary>Options of one call. A value: the With methods return a changed copy.</summary>
public readonly struct CallOptions
{
    /// <summary>Options of a call.</summary>
    /// <param name="headers">Metadata to send first.</param>
    /// <param name="deadline">When the call fails with DEADLINE_EXCEEDED. Local times are converted; null means never.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="writeOptions">Options of the request messages.</param>
    /// <param name="propagationToken">Takes over the deadline and cancellation of a server call.</param>
    /// <param name="credentials">Adds metadata to the call.</param>
    public CallOptions(
        Metadata? headers = null,
        DateTime? deadline = null,
        CancellationToken cancellationToken = default,
        WriteOptions? writeOptions = null,
        ContextPropagationToken? propagationToken = null,
        CallCredentials? credentials = null)
    {
        Headers = headers;
        Deadline = deadline;
        CancellationToken = cancellationToken;
        WriteOptions = writeOptions;
        PropagationToken = propagationToken;
        Credentials = credentials;
    }

    /// <summary>Metadata to send first.</summary>
    public Metadata? Headers { get; private init; }

    /// <summary>When the call fails with DEADLINE_EXCEEDED; null means never.</summary>
    public DateTime? Deadline { get; private init; }

    /// <summary>Cancels the call.</summary>
    public CancellationToken CancellationToken { get; private init; }

    /// <summary>Options of the request messages.</summary>
    public WriteOptions? WriteOptions { get; private init; }

    /// <summary>The server call whose deadline and cancellation this call takes over.</summary>
    public ContextPropagationToken? PropagationToken { get; private init; }

    /// <summary>Adds metadata to the call.</summary>
    public CallCredentials? Credentials { get; private init; }

    /// <summary>The options with other headers.</summary>
    public CallOptions WithHeaders(Metadata headers) => this with { Headers = headers };

    /// <summary>The options with another deadline.</summary>
    public CallOptions WithDeadline(DateTime deadline) => this with { Deadline = deadline };

    /// <summary>The options with another cancellation.</summary>
    public CallOptions WithCancellationToken(CancellationToken cancellationToken) =>
        this with { CancellationToken = cancellationToken };

    /// <summary>The options with other write options.</summary>
    public CallOptions WithWriteOptions(WriteOptions writeOptions) => this with { WriteOptions = writeOptions };

    /// <summary>The options with other credentials.</summary>
    public CallOptions WithCredentials(CallCredentials credentials) => this with { Credentials = credentials };

    /// <summary>The options with what the propagation token carries folded in: the earlier deadline, its cancellation.</summary>
    internal CallOptions Resolve()
    {
        if (PropagationToken is not { } token)
        {
            return this;
        }

        var deadline = Deadline is { } own && own.ToUniversalTime() < token.Deadline ? own : token.Deadline;
        return this with
        {
            Deadline = deadline,
            CancellationToken = CancellationToken.CanBeCanceled ? CancellationToken : token.CancellationToken,
            PropagationToken = null,
        };
    }
}
