using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Kube.Client.Config;
using Kube.Client.LeaderElection;
using Kube.Controllers.Framework;
using Kube.Hosting;

namespace Kube.Controllers.Host;

/// <summary>The command line of the controllers, with kube-controller-manager's flags.</summary>
public static class ControllersCommand
{
    /// <summary>Makes <c>kube controllers</c>.</summary>
    public static Command Create()
    {
        var command = new Command("controllers", "Runs the controllers: deployments, replica sets, garbage collection, namespaces, nodes and more.");
        var flags = new ControllersFlags(command);
        var logging = new LoggingOptions(command);
        var tracing = new TracingOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            using var tracer = tracing.Start("controllers", parsed);
            var loggers = logging.Create(parsed);
            return await ComponentRunner.RunAsync(
                "controllers",
                loggers,
                async cancellation => await ControllersHost.StartAsync(flags.Read(parsed), loggers, TimeProvider.System, cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        });
        return command;
    }
}
