using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <inheritdoc cref="IGrpcServerBuilder"/>
internal sealed class GrpcServerBuilder(IServiceCollection services) : IGrpcServerBuilder
{
    public IServiceCollection Services { get; } = services;
}
