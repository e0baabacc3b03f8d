namespace Grpc.Core;

/// <summary>
/// What the four kinds of call share. Disposing cancels a call that has not ended (RST_STREAM with CANCEL) and
/// releases it; a call that is neither read to its end nor disposed holds its HTTP/2 stream.
/// </summary>
public abstract class AsyncCallBase : IDisposable
{
    private readonly object _responseHeaders;
    private readonly Func<object, Status> _getStatus;
    private readonly Func<object, Metadata> _getTrailers;
    private readonly Action<object> _dispose;
    private readonly object _state;

    // The headers are a task, or a function that makes it from the state when it is asked for.
    private protected AsyncCallBase(
        object responseHeaders,
        Func<object, Status> getStatus,
        Func<object, Metadata> getTrailers,
        Action<object> dispose,
        object state)
    {
        _responseHeaders = responseHeaders;
        _getStatus = getStatus;
        _getTrailers = getTrailers;
        _dispose = dispose;
        _state = state;
    }

    /// <summary>The headers of the response; fails as the call does when it fails before them.</summary>
    public Task<Metadata> ResponseHeadersAsync =>
        _responseHeaders as Task<Metadata> ?? ((Func<object, Task<Metadata>>)_responseHeaders)(_state);

    /// <summary>How the call ended.</summary>
    /// <exception cref="InvalidOperationException">It has not ended.</exception>
    public Status GetStatus() => _getStatus(_state);

    /// <summary>The trailers of a call that ended.</summary>
    /// <exception cref="InvalidOperationException">It has not ended.</exception>
    public Metadata GetTrailers() => _getTrailers(_state);

    /// <summary>Cancels the call if it has not ended. May be called more than once, from any thread.</summary>
    public void Dispose()
    {
        _dispose(_state);
        GC.SuppressFinalize(this);
    }
}
