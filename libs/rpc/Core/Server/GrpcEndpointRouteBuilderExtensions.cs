using System.Diagnostics.CodeAnalysis;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Kube.Rpc.Server;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>
/// Maps gRPC services to endpoints. Only POST requests with content type <c>application/grpc*</c> are taken, so that
/// other endpoints may live on the same port; among those requests, one for an unknown service or method gets
/// UNIMPLEMENTED.
/// </summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps a service that the host's services make: the registered instance when it is a singleton, else one for
    /// each call, which is disposed after it.
    /// </summary>
    /// <exception cref="InvalidOperationException">gRPC was not added, or the type derives from no generated service base.</exception>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicMethods)] TService>(
        this IEndpointRouteBuilder builder)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        return ServiceMapper.Map(builder, ServiceActivator<TService>.FromServices(builder.ServiceProvider));
    }

    /// <summary>Maps one instance, which serves all calls and belongs to the caller.</summary>
    /// <exception cref="InvalidOperationException">gRPC was not added, or the type derives from no generated service base.</exception>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder, TService service)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(service);
        return ServiceMapper.Map(builder, ServiceActivator<TService>.FromInstance(service));
    }

    /// <summary>Maps methods that are bound to their handlers, without a service class.</summary>
    /// <exception cref="InvalidOperationException">gRPC was not added.</exception>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService(
        this IEndpointRouteBuilder builder, ServerServiceDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(definition);
        return ServiceMapper.Map(builder, definition);
    }
}
