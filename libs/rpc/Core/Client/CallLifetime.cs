using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Net.Client;

namespace Kube.Rpc.Client;

/// <summary>
/// The life of a call on the client, whatever its messages: it begins, gets its response headers perhaps, and ends
/// once, with the first of a status from the server, a cancellation, the deadline or a transport error. Ending
/// cancels what is left of the HTTP request, which resets the stream if the server has not ended it. Thread-safe.
/// </summary>
internal abstract class CallLifetime
{
    private static readonly Status DeadlineStatus = new(StatusCode.DeadlineExceeded, "context deadline exceeded");

    private readonly Lock _sync = new();
    private readonly CancellationTokenSource _cancellation = new();
    private CancellationTokenRegistration _callerRegistration;
    private CancellationTokenRegistration _channelRegistration;
    private ITimer? _deadlineTimer;
    private TaskCompletionSource<Metadata>? _headersSource;
    private HttpHeaders? _headers;
    private object? _trailers;
    private Status _status;
    private bool _isOver;

    protected CallLifetime(GrpcChannel channel, CallOptions options)
    {
        Channel = channel;
        Options = options.Resolve();
        ObjectDisposedException.ThrowIf(channel.Disposal.IsCancellationRequested, channel);
    }

    protected GrpcChannel Channel { get; }

    protected CallOptions Options { get; }

    /// <summary>Fires when the call is over.</summary>
    protected CancellationToken Token => _cancellation.Token;

    protected bool IsOver
    {
        get
        {
            lock (_sync)
            {
                return _isOver;
            }
        }
    }

    /// <summary>How the call ended.</summary>
    public Status GetStatus()
    {
        lock (_sync)
        {
            return _isOver ? _status : throw new InvalidOperationException("The call has not ended.");
        }
    }

    /// <summary>The trailers of the ended call.</summary>
    public Metadata GetTrailers()
    {
        lock (_sync)
        {
            return _isOver ? Trailers() : throw new InvalidOperationException("The call has not ended.");
        }
    }

    /// <summary>The response headers, when they are here.</summary>
    public Task<Metadata> GetResponseHeadersAsync()
    {
        lock (_sync)
        {
            if (_headersSource is null)
            {
                _headersSource = new TaskCompletionSource<Metadata>(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_headers is not null)
                {
                    _headersSource.SetResult(ClientProtocol.ReadMetadata(_headers));
                }
                else if (_isOver)
                {
                    _headersSource.SetException(Failure());
                }
            }

            return _headersSource.Task;
        }
    }

    /// <summary>Ends the call as cancelled, unless it is over.</summary>
    public void Cancel() => End(new Status(StatusCode.Cancelled, "Call canceled by the client."), null);

    /// <summary>
    /// Begins: listens to the caller's cancellation and to the channel's end, and starts the clock. The result is the
    /// time that is left, null for a call without deadline. The call may be over at once.
    /// </summary>
    protected TimeSpan? Begin()
    {
        var left = StartDeadline();
        _channelRegistration = Channel.Disposal.UnsafeRegister(
            static call => ((CallLifetime)call!).End(new Status(StatusCode.Cancelled, "The channel was disposed."), null), this);
        _callerRegistration = Options.CancellationToken.UnsafeRegister(static call => ((CallLifetime)call!).Cancel(), this);
        if (IsOver)
        {
            // It ended while the fields above were being set: what End could not see is let go here.
            Release();
        }

        return left;
    }

    /// <summary>The response headers are here.</summary>
    protected void SetHeaders(HttpResponseMessage response)
    {
        lock (_sync)
        {
            _headers = response.Headers;
            _headersSource?.TrySetResult(ClientProtocol.ReadMetadata(_headers));
        }
    }

    /// <summary>
    /// Ends the call; false when it was over before. The trailers are metadata, or headers to read it from when
    /// somebody asks.
    /// </summary>
    protected bool End(Status status, object? trailers)
    {
        lock (_sync)
        {
            if (_isOver)
            {
                return false;
            }

            _isOver = true;
            _status = IsOvertaken(status) ? DeadlineStatus : status;
            _trailers = trailers;
            if (_headersSource is { Task.IsCompleted: false })
            {
                // A call that ends well without headers has empty ones.
                if (_status.StatusCode == StatusCode.OK)
                {
                    _headersSource.TrySetResult([]);
                }
                else
                {
                    _headersSource.TrySetException(Failure());
                    _ = _headersSource.Task.Exception;
                }
            }
        }

        Release();
        OnOver();
        _cancellation.Cancel();
        return true;
    }

    /// <summary>What a caller is thrown for a call that ended with a status other than OK.</summary>
    protected Exception Failure()
    {
        lock (_sync)
        {
            if (Channel.ThrowOperationCanceled && Options.CancellationToken.IsCancellationRequested
                && _status.StatusCode == StatusCode.Cancelled)
            {
                return new OperationCanceledException(_status.Detail, new RpcException(_status, Trailers()), Options.CancellationToken);
            }

            return new RpcException(_status, Trailers());
        }
    }

    /// <summary>Ends the call with what an exception means, unless it is over; the result is what to throw.</summary>
    protected Exception EndWith(Exception exception)
    {
        End(ClientProtocol.Translate(exception), (exception as RpcException)?.Trailers);
        return Failure();
    }

    /// <summary>The call is over: what waits for it may stop.</summary>
    protected virtual void OnOver()
    {
    }

    private Metadata Trailers()
    {
        if (_trailers is Metadata metadata)
        {
            return metadata;
        }

        metadata = _trailers is HttpHeaders headers ? ClientProtocol.ReadMetadata(headers) : [];
        _trailers = metadata;
        return metadata;
    }

    private TimeSpan? StartDeadline()
    {
        if (Options.Deadline is not { } deadline || deadline == DateTime.MaxValue)
        {
            return null;
        }

        var left = deadline.ToUniversalTime() - Channel.Time.GetUtcNow().UtcDateTime;
        if (left <= TimeSpan.Zero)
        {
            OnDeadline();
            return left;
        }

        // A timer holds some 49 days; a later deadline is left to the server.
        if (left.TotalMilliseconds < uint.MaxValue - 1)
        {
            _deadlineTimer = Channel.Time.CreateTimer(
                static call => ((CallLifetime)call!).OnDeadline(), this, left, Timeout.InfiniteTimeSpan);
        }

        return left;
    }

    private void OnDeadline() => End(DeadlineStatus, null);

    /// <summary>
    /// True for what a server says, in its own words, when it gave the call up at the deadline and the timer here is late. Past the
    /// deadline only a success or the caller's own cancellation tells more than that it has passed.
    /// </summary>
    private bool IsOvertaken(Status status) =>
        status.StatusCode is not (StatusCode.OK or StatusCode.Cancelled)
        && Options.Deadline is { } deadline
        && deadline != DateTime.MaxValue
        && deadline.ToUniversalTime() <= Channel.Time.GetUtcNow().UtcDateTime;

    private void Release()
    {
        _deadlineTimer?.Dispose();
        // Unregister does not wait for a callback that runs right now, which may be the one that ends the call.
        _callerRegistration.Unregister();
        _channelRegistration.Unregister();
    }
}
