using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Kube.Rpc.Server;

/// <summary>Collects the methods of a definition, which are bound to their handlers already.</summary>
internal sealed class DefinitionBinder(MethodOptions options, ServerCallServices services) : ServiceBinderBase
{
    private static readonly ServiceActivator<object> NoService = ServiceActivator<object>.FromInstance(new object());

    private readonly List<(IMethod, RequestDelegate)> _methods = [];

    public IReadOnlyList<(IMethod Method, RequestDelegate Handler)> Methods => _methods;

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Add(method, new UnaryHandler<object, TRequest, TResponse>(
            method, NoService, options, services, (_, request, context) => handler(request, context)));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Add(method, new ClientStreamingHandler<object, TRequest, TResponse>(
            method, NoService, options, services, (_, requests, context) => handler(requests, context)));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Add(method, new ServerStreamingHandler<object, TRequest, TResponse>(
            method, NoService, options, services, (_, request, responses, context) => handler(request, responses, context)));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Add(method, new DuplexHandler<object, TRequest, TResponse>(
            method, NoService, options, services, (_, requests, responses, context) => handler(requests, responses, context)));
    }

    private void Add<TRequest, TResponse>(IMethod method, ServerCallHandler<object, TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class =>
        _methods.Add((method, handler.HandleAsync));
}
