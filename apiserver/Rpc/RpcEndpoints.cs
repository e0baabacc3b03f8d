using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kube.ApiServer.Rpc;

/// <summary>Puts the gRPC side of the API server into a host.</summary>
public static class RpcEndpoints
{
    /// <summary>Name of the service, as health checks ask for it.</summary>
    public const string ServiceName = "kube.v1.Resources";

    /// <summary>
    /// A Struct is larger than the JSON that it stands for, at worst some six times (a list of small numbers). The
    /// pipeline's own limit is on the JSON.
    /// </summary>
    private const int MaxRequestSizeBytes = 16 * 1024 * 1024;

    /// <summary>Adds what the services need.</summary>
    public static IServiceCollection AddKubeRpc(this IServiceCollection services)
    {
        services.AddGrpc(options => options.MaxReceiveMessageSize = MaxRequestSizeBytes);
        return services.AddGrpcHealth();
    }

    /// <summary>Maps kube.v1, health and reflection.</summary>
    /// <param name="server">The pipeline of the REST API, through which every call goes.</param>
    public static void MapKubeRpc(this IEndpointRouteBuilder routes, RequestDelegate server)
    {
        routes.MapGrpcService(new ResourcesService(server));
        routes.MapGrpcHealthService();
        routes.MapGrpcReflectionService();
    }
}
