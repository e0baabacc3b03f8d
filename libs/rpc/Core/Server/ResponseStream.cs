using System.IO.Pipelines;
using Grpc.Core;

namespace Kube.Rpc.Server;

/// <summary>
/// The responses of a call. At most <see cref="MaxUnflushedBytes"/> wait unflushed, and a flush waits while the
/// server's output buffer is full, so a client that does not read stops the handler and costs one buffer.
/// </summary>
internal sealed class ResponseStream<T>(ServerCall call, Action<T, SerializationContext> serializer) : IServerStreamWriter<T>
    where T : class
{
    private const int MaxUnflushedBytes = 64 * 1024;

    private WriteOptions? _options;
    private int _isWriting;
    private int _unflushed;
    private volatile bool _isClosed;

    public WriteOptions? WriteOptions
    {
        get => _options ?? call.WriteOptions;
        set => _options = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Interlocked.Exchange(ref _isWriting, 1) != 0)
        {
            return Task.FromException(new InvalidOperationException("Another write is in progress."));
        }

        var pending = default(ValueTask<FlushResult>);
        try
        {
            if (_isClosed)
            {
                throw new InvalidOperationException("The call has ended.");
            }

            cancellationToken.ThrowIfCancellationRequested();
            call.CancellationToken.ThrowIfCancellationRequested();
            var options = WriteOptions;
            _unflushed += call.Write(message, serializer, options);
            if ((options?.Flags & WriteFlags.BufferHint) == WriteFlags.BufferHint && _unflushed < MaxUnflushedBytes)
            {
                Volatile.Write(ref _isWriting, 0);
                return Task.CompletedTask;
            }

            _unflushed = 0;
            if (!cancellationToken.CanBeCanceled || cancellationToken == call.CancellationToken)
            {
                pending = call.HttpContext.Response.BodyWriter.FlushAsync(call.CancellationToken);
                if (pending.IsCompletedSuccessfully)
                {
                    var result = pending.Result;
                    pending = default;
                    ThrowIfClientGone(result);
                    Volatile.Write(ref _isWriting, 0);
                    return Task.CompletedTask;
                }

                return FinishAsync(pending);
            }
        }
        catch (Exception e)
        {
            Volatile.Write(ref _isWriting, 0);
            return e is OperationCanceledException canceled && canceled.CancellationToken.IsCancellationRequested
                ? Task.FromCanceled(canceled.CancellationToken)
                : Task.FromException(e);
        }

        return FlushAsync(cancellationToken);
    }

    /// <summary>The handler is done: the output belongs to the server again.</summary>
    public void Close() => _isClosed = true;

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        var output = call.HttpContext.Response.BodyWriter;
        using var registration = cancellationToken.UnsafeRegister(
            static pipe => ((PipeWriter)pipe!).CancelPendingFlush(), output);
        await FinishAsync(output.FlushAsync(call.CancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private async Task FinishAsync(ValueTask<FlushResult> pending, CancellationToken cancellationToken = default)
    {
        try
        {
            var result = await pending.ConfigureAwait(false);
            if (result.IsCanceled)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            ThrowIfClientGone(result);
        }
        catch (Exception e) when (call.IsConnectionLoss(e))
        {
            throw new OperationCanceledException("The client is gone.", e, call.CancellationToken);
        }
        finally
        {
            Volatile.Write(ref _isWriting, 0);
        }
    }

    private void ThrowIfClientGone(FlushResult result)
    {
        if (result.IsCompleted)
        {
            throw new OperationCanceledException("The client is gone.", call.CancellationToken);
        }
    }
}
