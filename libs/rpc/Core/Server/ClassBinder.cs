using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Kube.Rpc.Server;

/// <summary>Collects the methods of a service class, bound to delegates that take the instance as argument.</summary>
internal sealed class ClassBinder<TService>(
    ServiceActivator<TService> activator, MethodOptions options, ServerCallServices services) : ServiceBinderBase
    where TService : class
{
    private readonly List<(IMethod, RequestDelegate)> _methods = [];

    public IReadOnlyList<(IMethod Method, RequestDelegate Handler)> Methods => _methods;

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        Add(method, new UnaryHandler<TService, TRequest, TResponse>(
            method, activator, options, services, Open<Func<TService, TRequest, ServerCallContext, Task<TResponse>>>(method.Name)));

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
        Add(method, new ClientStreamingHandler<TService, TRequest, TResponse>(
            method, activator, options, services, Open<Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>>>(method.Name)));

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        Add(method, new ServerStreamingHandler<TService, TRequest, TResponse>(
            method, activator, options, services, Open<Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(method.Name)));

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        Add(method, new DuplexHandler<TService, TRequest, TResponse>(
            method, activator, options, services, Open<Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(method.Name)));

    private void Add<TRequest, TResponse>(IMethod method, ServerCallHandler<TService, TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class =>
        _methods.Add((method, handler.HandleAsync));

    /// <summary>An open delegate on the method of that name and shape; calls to it are virtual calls, no reflection.</summary>
    private static TDelegate Open<TDelegate>(string name)
        where TDelegate : Delegate
    {
        var parameters = typeof(TDelegate).GetGenericArguments()[1..^1];
        for (var type = typeof(TService); type is not null; type = type.BaseType)
        {
            var method = type.GetMethod(
                name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly, parameters);
            if (method is not null)
            {
                return method.CreateDelegate<TDelegate>();
            }
        }

        throw new InvalidOperationException($"{typeof(TService)} has no method {name} of the shape that the service declares.");
    }
}
