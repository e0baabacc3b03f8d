namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Source compatibility with Grpc.AspNetCore.Server.Reflection.</summary>
public static class GrpcReflectionServiceExtensions
{
    /// <summary>Adds gRPC; reflection needs no service of its own beyond it.</summary>
    public static IServiceCollection AddGrpcReflection(this IServiceCollection services)
    {
        services.AddGrpc();
        return services;
    }
}
