using Grpc.Core;
using Kube.Rpc.Wire;

namespace Kube.Rpc.Client;

internal sealed partial class ClientCall<TRequest, TResponse> : IClientStreamWriter<TRequest>
{
    private const int MaxUnsentBytes = 64 * 1024;

    private StreamingContent? _requestStream;
    private MessageSerializer? _serializer;
    private PooledBufferWriter? _unsent;
    private WriteOptions? _writeOptions;
    private bool _isWriting;
    private bool _isComplete;

    public WriteOptions? WriteOptions
    {
        get => _writeOptions ?? Options.WriteOptions;
        set => _writeOptions = value;
    }

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    /// <summary>
    /// Sends a request. Waits while the server's flow control window is full, so an unread call holds at most what
    /// was written last.
    /// </summary>
    /// <exception cref="RpcException">The call has failed; its status is the server's where that is known.</exception>
    /// <exception cref="InvalidOperationException">The stream was completed, or the server has ended the call with OK.</exception>
    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        BeginWrite();
        try
        {
            ThrowIfClosed();
            _unsent ??= new PooledBufferWriter();
            _serializer ??= NewSerializer();
            try
            {
                _serializer.Write(_unsent, message, method.RequestMarshaller.ContextualSerializer, MayCompress());
            }
            catch (Exception e)
            {
                throw EndWith(e);
            }

            var mayWait = ((WriteOptions?.Flags ?? default) & WriteFlags.BufferHint) == WriteFlags.BufferHint;
            if (!mayWait || _unsent.WrittenCount >= MaxUnsentBytes)
            {
                using var registration = cancellationToken.CanBeCanceled
                    ? cancellationToken.UnsafeRegister(static call => ((CallLifetime)call!).Cancel(), this)
                    : default;
                await SendUnsentAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            EndWrite();
        }
    }

    /// <summary>Sends what waits and closes the client's side. Completing a call that is over does nothing.</summary>
    public async Task CompleteAsync()
    {
        BeginWrite();
        try
        {
            if (_isComplete || IsOver)
            {
                _isComplete = true;
                return;
            }

            _isComplete = true;
            if (_unsent is { WrittenCount: > 0 })
            {
                await SendUnsentAsync().ConfigureAwait(false);
            }

            _requestStream!.Complete();
        }
        finally
        {
            EndWrite();
        }
    }

    private StreamingContent OpenRequestStream() => _requestStream = new StreamingContent();

    private void CloseRequestStream()
    {
        _requestStream?.Abort();
        lock (_resourceSync)
        {
            if (!_isWriting)
            {
                _unsent?.Dispose();
                _unsent = null;
            }
        }
    }

    private void BeginWrite()
    {
        lock (_resourceSync)
        {
            if (_isWriting)
            {
                throw new InvalidOperationException("Another write is in progress.");
            }

            _isWriting = true;
        }
    }

    private void EndWrite()
    {
        var isOver = IsOver;
        lock (_resourceSync)
        {
            _isWriting = false;
            if (isOver || _mayRelease)
            {
                _unsent?.Dispose();
                _unsent = null;
            }
        }
    }

    private void ThrowIfClosed()
    {
        if (_isComplete)
        {
            throw new InvalidOperationException("The request stream has been completed.");
        }

        if (IsOver)
        {
            throw GetStatus().StatusCode == StatusCode.OK
                ? new InvalidOperationException("The server has ended the call.")
                : Failure();
        }
    }

    private async Task SendUnsentAsync()
    {
        try
        {
            var stream = await _requestStream!.Stream.ConfigureAwait(false);
            await stream.WriteAsync(_unsent!.WrittenMemory, Token).ConfigureAwait(false);
            _unsent.Clear();
            await stream.FlushAsync(Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException or ObjectDisposedException)
        {
            throw await WriteFailureAsync(e).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// A write that fails says little about why; the response does. A call with one response ends by itself, so its
    /// end is awaited; a call with many ends when they are read, so the write can only say that the stream is closed.
    /// </summary>
    private async Task<Exception> WriteFailureAsync(Exception exception)
    {
        if (!IsOver && method.Type == MethodType.ClientStreaming)
        {
            var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = Token.UnsafeRegister(static source => ((TaskCompletionSource)source!).TrySetResult(), over);
            await over.Task.ConfigureAwait(false);
        }

        if (!IsOver)
        {
            return new RpcException(new Status(StatusCode.Unavailable, "the server closed the request stream; the responses say why", exception));
        }

        return GetStatus().StatusCode == StatusCode.OK
            ? new InvalidOperationException("The server has ended the call.", exception)
            : Failure();
    }
}
