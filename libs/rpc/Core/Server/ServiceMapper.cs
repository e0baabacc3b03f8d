using System.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Kube.Rpc.Server;

/// <summary>Turns services into endpoints. All reflection happens here, once, at mapping.</summary>
internal static class ServiceMapper
{
    // gRPC endpoints are tried before others, and then the answer for unknown methods, which matches only gRPC
    // requests and leaves all others to the other endpoints.
    private const int MethodOrder = -2;
    private const int FallbackOrder = -1;

    public static GrpcServiceEndpointConventionBuilder Map<TService>(
        IEndpointRouteBuilder endpoints, ServiceActivator<TService> activator)
        where TService : class
    {
        var (calls, host) = Prepare(endpoints);
        var own = endpoints.ServiceProvider.GetRequiredService<IOptions<GrpcServiceOptions<TService>>>().Value;
        var binder = new ClassBinder<TService>(activator, MethodOptions.Create(host, own), calls);
        var attribute = FindBindMethod(typeof(TService), out var bind);
        try
        {
            bind.Invoke(null, [binder, null]);
        }
        catch (TargetInvocationException e) when (e.InnerException is not null)
        {
            throw new InvalidOperationException($"Binding {typeof(TService)} failed: {e.InnerException.Message}", e.InnerException);
        }

        return AddEndpoints(endpoints, typeof(TService), attribute.BindType, binder.Methods, host);
    }

    public static GrpcServiceEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, ServerServiceDefinition definition)
    {
        var (calls, host) = Prepare(endpoints);
        var binder = new DefinitionBinder(MethodOptions.Create(host, null), calls);
        definition.BindService(binder);
        return AddEndpoints(endpoints, typeof(ServerServiceDefinition), null, binder.Methods, host);
    }

    private static (ServerCallServices Calls, GrpcServiceOptions Options) Prepare(IEndpointRouteBuilder endpoints)
    {
        var calls = endpoints.ServiceProvider.GetService<ServerCallServices>()
            ?? throw new InvalidOperationException("gRPC was not added to the services: call services.AddGrpc().");
        return (calls, endpoints.ServiceProvider.GetRequiredService<IOptions<GrpcServiceOptions>>().Value);
    }

    private static BindServiceMethodAttribute FindBindMethod(Type service, out MethodInfo bind)
    {
        for (var type = service; type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is not { } attribute)
            {
                continue;
            }

            bind = attribute.BindType.GetMethod(
                    attribute.BindMethodName,
                    BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static,
                    [typeof(ServiceBinderBase), type])
                ?? throw new InvalidOperationException(
                    $"{attribute.BindType} has no method {attribute.BindMethodName}(ServiceBinderBase, {type}).");
            return attribute;
        }

        throw new InvalidOperationException($"{service} derives from no generated service base.");
    }

    private static GrpcServiceEndpointConventionBuilder AddEndpoints(
        IEndpointRouteBuilder endpoints,
        Type serviceType,
        Type? bindType,
        IReadOnlyList<(IMethod Method, RequestDelegate Handler)> methods,
        GrpcServiceOptions options)
    {
        var mapped = endpoints.ServiceProvider.GetRequiredService<MappedServices>();
        var builders = new List<IEndpointConventionBuilder>(methods.Count);
        foreach (var (method, handler) in methods)
        {
            mapped.Add(method.ServiceName);
            var endpoint = endpoints.Map(Pattern(method.FullName), handler);
            endpoint.WithMetadata(new HttpMethodMetadata([HttpMethods.Post]), new GrpcMethodMetadata(serviceType, method));
            if (bindType is not null)
            {
                endpoint.WithMetadata(new ServiceBindTypeMetadata(bindType));
            }

            endpoint.Add(route =>
            {
                ((RouteEndpointBuilder)route).Order = MethodOrder;
                route.DisplayName = "gRPC - " + method.FullName;
            });
            builders.Add(endpoint);
        }

        if (options.IgnoreUnknownServices != true && mapped.TryAddFallback(endpoints.DataSources))
        {
            AddFallback(endpoints, mapped);
        }

        return new GrpcServiceEndpointConventionBuilder(builders);
    }

    private static void AddFallback(IEndpointRouteBuilder endpoints, MappedServices mapped)
    {
        var pattern = RoutePatternFactory.Parse(
            "/{**grpcPath}", defaults: null, parameterPolicies: new { grpcPath = GrpcRequestConstraint.Instance });
        var endpoint = endpoints.Map(pattern, http => AnswerUnknown(http, mapped));
        endpoint.Add(route =>
        {
            ((RouteEndpointBuilder)route).Order = FallbackOrder;
            route.DisplayName = "gRPC - unknown method";
        });
    }

    private static Task AnswerUnknown(HttpContext http, MappedServices mapped)
    {
        if (!ServerProtocol.TryBegin(http))
        {
            return Task.CompletedTask;
        }

        var path = http.Request.Path.Value ?? "";
        var split = path.LastIndexOf('/');
        var service = split > 0 ? path[1..split] : "";
        var detail = split <= 0
            ? $"malformed method name: \"{path}\""
            : mapped.Contains(service)
                ? $"unknown method {path[(split + 1)..]} for service {service}"
                : $"unknown service {service}";
        ServerProtocol.WriteStatus(http.Response, new Status(StatusCode.Unimplemented, detail), trailers: null, trailersOnly: true);
        return Task.CompletedTask;
    }

    private static RoutePattern Pattern(string fullName)
    {
        // Built from literal parts, since a parser would take signs in the name for route syntax.
        var segments = fullName.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => RoutePatternFactory.Segment(RoutePatternFactory.LiteralPart(part)));
        return RoutePatternFactory.Pattern(fullName, segments);
    }
}
