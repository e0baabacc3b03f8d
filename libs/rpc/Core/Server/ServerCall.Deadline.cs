using Grpc.Core;
using Kube.Rpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Kube.Rpc.Server;

internal sealed partial class ServerCall
{
    private readonly Lock _deadlineSync = new();
    private DateTime _deadline = DateTime.MaxValue;
    private ITimer? _timer;
    private CancellationTokenSource? _source;
    private CancellationToken _token;
    private bool _deadlineExceeded;
    private bool _isOver;

    /// <summary>Whether the deadline passed while the handler ran.</summary>
    public bool DeadlineExceeded
    {
        get
        {
            lock (_deadlineSync)
            {
                return _deadlineExceeded;
            }
        }
    }

    /// <summary>Stops the clock; after it the deadline can no longer pass.</summary>
    public void StopDeadline()
    {
        if (_source is null)
        {
            return;
        }

        lock (_deadlineSync)
        {
            _isOver = true;
        }

        _timer!.Dispose();
        _source.Dispose();
    }

    private bool TryStartDeadline(IHeaderDictionary headers, out Status failure)
    {
        failure = default;
        if (!headers.TryGetValue(Headers.Timeout, out var values) || values.Count == 0)
        {
            return true;
        }

        if (!TimeoutHeader.TryDecode(values[0], out var timeout))
        {
            failure = new Status(StatusCode.Internal, $"malformed grpc-timeout: {values[0]}");
            return false;
        }

        var now = _services.Time.GetUtcNow().UtcDateTime;
        if (timeout > DateTime.MaxValue - now || timeout.TotalMilliseconds >= uint.MaxValue - 1)
        {
            // Beyond what a timer can hold, some 49 days: the call has the deadline but no clock.
            _deadline = timeout > DateTime.MaxValue - now ? DateTime.MaxValue : now + timeout;
            return true;
        }

        _deadline = now + timeout;
        if (timeout <= TimeSpan.Zero)
        {
            failure = new Status(StatusCode.DeadlineExceeded, "the deadline had passed before the call began");
            return false;
        }

        _source = CancellationTokenSource.CreateLinkedTokenSource(HttpContext.RequestAborted);
        _token = _source.Token;
        _timer = _services.Time.CreateTimer(
            static state => ((ServerCall)state!).OnDeadline(), this, timeout, Timeout.InfiniteTimeSpan);
        return true;
    }

    private void OnDeadline()
    {
        lock (_deadlineSync)
        {
            if (_isOver)
            {
                return;
            }

            _deadlineExceeded = true;
        }

        // The source may be disposed in between when the handler returns just now; then nobody listens any more.
        try
        {
            _source!.Cancel();
        }
        catch (ObjectDisposedException)
        {
            Log.DeadlineAfterEnd(_services.Logger, _method.FullName);
        }
        catch (AggregateException e)
        {
            // A callback that the handler registered has thrown; on the timer's thread that would end the process.
            Log.HandlerFailed(_services.Logger, _method.FullName, e);
        }
    }
}
