using Grpc.Core;

namespace Kube.Rpc.Server;

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
