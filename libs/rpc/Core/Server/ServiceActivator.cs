using Microsoft.Extensions.DependencyInjection;

namespace Kube.Rpc.Server;

/// <summary>Gives each call its service instance.</summary>
internal abstract class ServiceActivator<TService>
    where TService : class
{
    /// <summary>The instance that serves all calls, or null when each call has its own.</summary>
    public abstract TService? Shared { get; }

    /// <summary>An instance for one call, and whether it must be disposed afterwards.</summary>
    public abstract (TService Service, bool MustDispose) Create(IServiceProvider services);

    public static ServiceActivator<TService> FromInstance(TService service) => new OneInstance(() => service);

    public static ServiceActivator<TService> FromServices(IServiceProvider services)
    {
        var lifetimes = services.GetService<ServiceLifetimes>();
        return lifetimes?.IsSingleton(typeof(TService)) == true
            ? new OneInstance(services.GetRequiredService<TService>)
            : new PerCall();
    }

    private sealed class OneInstance(Func<TService> get) : ServiceActivator<TService>
    {
        private readonly Lazy<TService> _service = new(get);

        public override TService Shared => _service.Value;

        public override (TService, bool) Create(IServiceProvider services) => (_service.Value, false);
    }

    private sealed class PerCall : ServiceActivator<TService>
    {
        private readonly ObjectFactory<TService> _factory = ActivatorUtilities.CreateFactory<TService>([]);

        public override TService? Shared => null;

        public override (TService, bool) Create(IServiceProvider services) =>
            services.GetService<TService>() is { } registered ? (registered, false) : (_factory(services, null), true);
    }
}
