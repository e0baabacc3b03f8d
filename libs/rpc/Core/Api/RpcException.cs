namespace Grpc.Core;

/// <summary>
/// A call ended with a status other than OK. A client sees it thrown by the call; a server handler throws it to
/// end the call with that status and those trailers.
/// </summary>
public class RpcException : Exception
{
    /// <summary>Ends a call with <paramref name="status"/>.</summary>
    public RpcException(Status status)
        : this(status, Metadata.Empty, status.ToString())
    {
    }

    /// <summary>Ends a call with <paramref name="status"/>; <paramref name="message"/> stays on this side.</summary>
    public RpcException(Status status, string message)
        : this(status, Metadata.Empty, message)
    {
    }

    /// <summary>Ends a call with <paramref name="status"/> and trailing metadata.</summary>
    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, status.ToString())
    {
    }

    /// <summary>Ends a call with <paramref name="status"/> and trailing metadata; the message stays on this side.</summary>
    public RpcException(Status status, Metadata trailers, string message)
        : base(message, status.DebugException)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        Status = status;
        Trailers = trailers;
    }

    /// <summary>Status of the call.</summary>
    public Status Status { get; }

    /// <summary>Shorthand for the code of <see cref="Status"/>.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>Metadata sent after the last message; empty when there is none.</summary>
    public Metadata Trailers { get; }
}
