using Microsoft.Extensions.DependencyInjection;

namespace Kube.Rpc.Server;

/// <summary>Knows how long the instances of a registered service live, which the provider does not tell.</summary>
internal sealed class ServiceLifetimes(IServiceCollection services)
{
    /// <summary>Whether one instance serves the whole host.</summary>
    public bool IsSingleton(Type type) =>
        services.LastOrDefault(descriptor => !descriptor.IsKeyedService && descriptor.ServiceType == type)
            is { Lifetime: ServiceLifetime.Singleton };
}
