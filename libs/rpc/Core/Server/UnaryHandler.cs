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
