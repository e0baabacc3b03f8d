using Grpc.Core;

namespace Kube.Rpc.Server;

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
