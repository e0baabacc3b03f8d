using Grpc.Core;

namespace Kube.Rpc.Server;

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
