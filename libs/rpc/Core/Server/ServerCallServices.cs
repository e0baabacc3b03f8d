using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kube.Rpc.Server;

/// <summary>What every call of a host uses.</summary>
internal sealed class ServerCallServices(IServiceProvider services)
{
    public TimeProvider Time { get; } = services.GetService<TimeProvider>() ?? TimeProvider.System;

    public ILogger Logger { get; } = services.GetRequiredService<ILoggerFactory>().CreateLogger("Kube.Rpc.Server");
}
