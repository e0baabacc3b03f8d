namespace Grpc.Core;

/// <summary>Many requests and many responses.</summary>
public sealed class AsyncDuplexStreamingCall<TRequest, TResponse> : AsyncCallBase
{
    /// <summary>Wraps a call.</summary>
    public AsyncDuplexStreamingCall(
        IClientStreamWriter<TRequest> requestStream,
        IAsyncStreamReader<TResponse> responseStream,
        Task<Metadata> responseHeadersAsync,
        Func<Status> getStatusFunc,
        Func<Metadata> getTrailersFunc,
        Action disposeAction)
        : this(requestStream, responseStream, responseHeadersAsync, _ => getStatusFunc(), _ => getTrailersFunc(), _ => disposeAction(), disposeAction)
    {
    }

    /// <summary>Wraps a call whose functions share a state.</summary>
    public AsyncDuplexStreamingCall(
        IClientStreamWriter<TRequest> requestStream,
        IAsyncStreamReader<TResponse> responseStream,
        Task<Metadata> responseHeadersAsync,
        Func<object, Status> getStatusFunc,
        Func<object, Metadata> getTrailersFunc,
        Action<object> disposeAction,
        object state)
        : base(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state)
    {
        RequestStream = requestStream;
        ResponseStream = responseStream;
    }

    /// <summary>Wraps a call whose headers are asked for only when needed.</summary>
    internal AsyncDuplexStreamingCall(
        IClientStreamWriter<TRequest> requestStream,
        IAsyncStreamReader<TResponse> responseStream,
        Func<object, Task<Metadata>> getResponseHeaders,
        Func<object, Status> getStatusFunc,
        Func<object, Metadata> getTrailersFunc,
        Action<object> disposeAction,
        object state)
        : base(getResponseHeaders, getStatusFunc, getTrailersFunc, disposeAction, state)
    {
        RequestStream = requestStream;
        ResponseStream = responseStream;
    }

    /// <summary>The requests.</summary>
    public IClientStreamWriter<TRequest> RequestStream { get; }

    /// <summary>The responses.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; }
}
