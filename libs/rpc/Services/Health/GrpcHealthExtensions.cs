using Grpc.AspNetCore.Server;
using Kube.Rpc.Services.Health;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the gRPC health service to a host.</summary>
public static class GrpcHealthExtensions
{
    /// <summary>Adds one <see cref="HealthService"/>, whose statuses the host sets.</summary>
    public static IServiceCollection AddGrpcHealth(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<HealthService>();
        return services;
    }

    /// <summary>Maps the health service.</summary>
    public static GrpcServiceEndpointConventionBuilder MapGrpcHealthService(this IEndpointRouteBuilder builder) =>
        builder.MapGrpcService<HealthService>();
}
