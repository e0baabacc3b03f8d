using Grpc.Core;

namespace Kube.Rpc.Server;

/// <summary>One request, one response.</summary>
internal sealed class UnaryHandler<TService, TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    ServiceActivator<TService> activator,
    MethodOptions options,
    ServerCallServices services,
    Func<TService, TRequest, ServerCallContext, Task<TResponse>> invoke)
    : ServerCallHandler<TService, TRequest, TResponse>(method, activator, options, services)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    protected override bool IsRequestStreaming => false;

    protected override async Task InvokeAsync(TService service, ServerCall call)
    {
        var request = await ReadRequestAsync(call).ConfigureAwait(false);
        WriteResponse(call, await invoke(service, request, call).ConfigureAwait(false));
    }
}

/// <summary>Many requests, one response.</summary>
internal sealed class ClientStreamingHandler<TService, TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    ServiceActivator<TService> activator,
    MethodOptions options,
    ServerCallServices services,
    Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>> invoke)
    : ServerCallHandler<TService, TRequest, TResponse>(method, activator, options, services)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    protected override bool IsRequestStreaming => true;

    protected override async Task InvokeAsync(TService service, ServerCall call)
    {
        var requests = new RequestStream<TRequest>(call, Method.RequestMarshaller.ContextualDeserializer);
        try
        {
            WriteResponse(call, await invoke(service, requests, call).ConfigureAwait(false));
        }
        finally
        {
            requests.Close();
        }
    }
}

/// <summary>One request, many responses.</summary>
internal sealed class ServerStreamingHandler<TService, TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    ServiceActivator<TService> activator,
    MethodOptions options,
    ServerCallServices services,
    Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task> invoke)
    : ServerCallHandler<TService, TRequest, TResponse>(method, activator, options, services)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    protected override bool IsRequestStreaming => false;

    protected override async Task InvokeAsync(TService service, ServerCall call)
    {
        var request = await ReadRequestAsync(call).ConfigureAwait(false);
        var responses = new ResponseStream<TResponse>(call, Method.ResponseMarshaller.ContextualSerializer);
        try
        {
            await invoke(service, request, responses, call).ConfigureAwait(false);
        }
        finally
        {
            responses.Close();
        }
    }
}

/// <summary>Many requests and many responses.</summary>
internal sealed class DuplexHandler<TService, TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    ServiceActivator<TService> activator,
    MethodOptions options,
    ServerCallServices services,
    Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task> invoke)
    : ServerCallHandler<TService, TRequest, TResponse>(method, activator, options, services)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    protected override bool IsRequestStreaming => true;

    protected override async Task InvokeAsync(TService service, ServerCall call)
    {
        var requests = new RequestStream<TRequest>(call, Method.RequestMarshaller.ContextualDeserializer);
        var responses = new ResponseStream<TResponse>(call, Method.ResponseMarshaller.ContextualSerializer);
        try
        {
            await invoke(service, requests, responses, call).ConfigureAwait(false);
        }
        finally
        {
            requests.Close();
            responses.Close();
        }
    }
}
