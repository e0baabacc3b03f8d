using System.IO.Pipelines;
using Grpc.Core;

namespace Kube.Rpc.Server;

/// <summary>
/// The requests of a call. Nothing is read ahead: the server's input buffer fills and flow control stops the client
/// while the handler does not read.
/// </summary>
internal sealed class RequestStream<T>(ServerCall call, Func<DeserializationContext, T> deserializer) : IAsyncStreamReader<T>
    where T : class
{
    private T? _current;
    private int _isReading;
    private bool _isAtEnd;
    private volatile bool _isClosed;

    public T Current => _current ?? throw new InvalidOperationException("There is no current message.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isReading, 1) != 0)
        {
            throw new InvalidOperationException("Another read is in progress.");
        }

        try
        {
            return await ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isReading, 0);
        }
    }

    /// <summary>The handler is done: the input belongs to the server again.</summary>
    public void Close() => _isClosed = true;

    private async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_isClosed)
        {
            throw new InvalidOperationException("The call has ended.");
        }

        _current = null;
        cancellationToken.ThrowIfCancellationRequested();
        var callToken = call.CancellationToken;
        callToken.ThrowIfCancellationRequested();
        if (_isAtEnd)
        {
            return false;
        }

        try
        {
            using var registration = cancellationToken.CanBeCanceled && cancellationToken != callToken
                ? cancellationToken.UnsafeRegister(static pipe => CancelRead((PipeReader)pipe!), call.HttpContext.Request.BodyReader)
                : default;
            var result = await call.Reader.ReadAsync(deserializer, callToken, cancellationToken).ConfigureAwait(false);
            _current = result.Message;
            _isAtEnd = !result.IsFound;
            return result.IsFound;
        }
        catch (Exception e) when (call.IsConnectionLoss(e))
        {
            throw new OperationCanceledException("The client is gone.", e, callToken);
        }
    }

    /// <summary>
    /// Wakes a read that waits. A request that was aborted refuses that with the reason of its end, and has ended its reads
    /// itself: thrown on from here, the reason would leave a cancellation that the server itself may have begun.
    /// </summary>
    private static void CancelRead(PipeReader pipe)
    {
        try
        {
            pipe.CancelPendingRead();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The read has ended, or is about to, with that very reason.
        }
    }
}
