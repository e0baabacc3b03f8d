using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Kube.Rpc.Server;

/// <summary>Runs the calls of one method: reads what comes in, calls the service, writes how it ended.</summary>
internal abstract class ServerCallHandler<TService, TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    ServiceActivator<TService> activator,
    MethodOptions options,
    ServerCallServices services)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    /// <summary>Well below the 30,000,000 bytes at which Kestrel ends a request unless told otherwise.</summary>
    private const int MaxSizeUnderHttpLimit = 16 * 1024 * 1024;

    private readonly ServerMetrics _metrics = ServerMetrics.Of(method);

    protected Method<TRequest, TResponse> Method { get; } = method;

    /// <summary>Whether the client may take its time and send more than one message.</summary>
    protected abstract bool IsRequestStreaming { get; }

    /// <summary>Handles one request. Completes when the handler has; the server then sends what is left.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        if (!ServerProtocol.TryBegin(http))
        {
            return;
        }

        _metrics.Start();
        if (IsRequestStreaming)
        {
            ServerProtocol.AllowSlowRequest(http);
        }

        if (IsRequestStreaming || options.MaxReceiveMessageSize is null or > MaxSizeUnderHttpLimit)
        {
            ServerProtocol.AllowLongRequest(http);
        }

        var call = new ServerCall(http, Method, options, services, _metrics);
        if (!call.TryStart(out var failure))
        {
            End(call, failure, null);
            return;
        }

        Status status;
        Metadata? trailers = null;
        try
        {
            await RunAsync(call).ConfigureAwait(false);
            call.StopDeadline();
            status = call.DeadlineExceeded
                ? new Status(StatusCode.DeadlineExceeded, "context deadline exceeded")
                : call.Status;
        }
        catch (Exception e)
        {
            call.StopDeadline();
            status = Translate(call, e, out trailers);
        }

        End(call, status, trailers);
    }

    /// <summary>Calls the service.</summary>
    protected abstract Task InvokeAsync(TService service, ServerCall call);

    /// <summary>The one request of a method without request streaming; the client's side is closed after it.</summary>
    protected async ValueTask<TRequest> ReadRequestAsync(ServerCall call)
    {
        try
        {
            var request = await call.Reader
                .ReadAsync(Method.RequestMarshaller.ContextualDeserializer, call.CancellationToken, CancellationToken.None)
                .ConfigureAwait(false);
            if (!request.IsFound)
            {
                throw new RpcException(new Status(StatusCode.Internal, "the request has no message"));
            }

            await call.Reader.ReadEndAsync(call.CancellationToken).ConfigureAwait(false);
            return request.Message;
        }
        catch (Exception e) when (call.IsConnectionLoss(e))
        {
            throw new OperationCanceledException("The client is gone.", e, call.CancellationToken);
        }
    }

    /// <summary>Writes the one response of a method without response streaming, unless the handler did; it leaves with the trailers.</summary>
    protected void WriteResponse(ServerCall call, TResponse? response)
    {
        if (call.IsAnswered)
        {
            return;
        }

        if (response is null)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "no message returned from method"));
        }

        // A handler that ends with a status of its own has no message to give.
        if (call.Status.StatusCode == StatusCode.OK && !call.DeadlineExceeded)
        {
            call.Write(response, Method.ResponseMarshaller.ContextualSerializer, call.WriteOptions);
        }
    }

    private void End(ServerCall call, Status status, Metadata? trailers)
    {
        _metrics.Handle(status.StatusCode);
        if (status.StatusCode != StatusCode.OK)
        {
            Log.CallFailed(services.Logger, Method.FullName, status.StatusCode, status.Detail);
        }

        call.End(status, trailers);
    }

    private Task RunAsync(ServerCall call) =>
        activator.Shared is { } shared ? InvokeAsync(shared, call) : RunOnOwnInstanceAsync(call);

    private async Task RunOnOwnInstanceAsync(ServerCall call)
    {
        var (service, mustDispose) = activator.Create(call.HttpContext.RequestServices);
        try
        {
            await InvokeAsync(service, call).ConfigureAwait(false);
        }
        finally
        {
            if (mustDispose)
            {
                switch (service)
                {
                    case IAsyncDisposable disposable:
                        await disposable.DisposeAsync().ConfigureAwait(false);
                        break;
                    case IDisposable disposable:
                        disposable.Dispose();
                        break;
                }
            }
        }
    }

    private Status Translate(ServerCall call, Exception exception, out Metadata? trailers)
    {
        trailers = null;
        // A handler may say for itself what it came to when time ran out; that it was cancelled is no more than the deadline.
        if (call.DeadlineExceeded && exception is not RpcException { StatusCode: not (StatusCode.OK or StatusCode.Cancelled) })
        {
            return new Status(StatusCode.DeadlineExceeded, "context deadline exceeded");
        }

        if (exception is RpcException rpc)
        {
            trailers = rpc.Trailers;
            return rpc.StatusCode == StatusCode.OK
                ? new Status(StatusCode.Unknown, "the handler threw an exception with status OK")
                : rpc.Status;
        }

        if (exception is OperationCanceledException)
        {
            if (call.HttpContext.RequestAborted.IsCancellationRequested)
            {
                Log.ClientGone(services.Logger, Method.FullName);
            }

            return new Status(StatusCode.Cancelled, "context canceled");
        }

        if (exception is BadHttpRequestException bad)
        {
            return new Status(StatusCode.Internal, "the request is broken: " + bad.Message);
        }

        Log.HandlerFailed(services.Logger, Method.FullName, exception);
        return new Status(
            StatusCode.Unknown,
            options.EnableDetailedErrors
                ? $"Exception was thrown by handler. {exception.GetType().Name}: {exception.Message}"
                : "Exception was thrown by handler.");
    }
}
