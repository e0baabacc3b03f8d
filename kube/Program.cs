using System.CommandLine;
using System.Runtime;
using Kube.ApiServer.Host;
using Kube.Commands;
using Kube.Controllers.Host;
using Kube.Kubelet.Host;
using Kube.RaftStore.Host;
using Kube.Scheduler.Host;

var root = new RootCommand("Kube: a Kubernetes control plane in one executable.");
root.Subcommands.Add(ClusterCommand.Create());
root.Subcommands.Add(ApiServerCommand.Create());
root.Subcommands.Add(ControllersCommand.Create());
root.Subcommands.Add(KubeletCommand.Create());
root.Subcommands.Add(SchedulerCommand.Create());
root.Subcommands.Add(StoreCommand.Create());

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0 && parsed.Action is not System.CommandLine.Help.HelpAction)
{
    Console.Error.WriteLine($"error: {parsed.Errors[0].Message} (see '{CommandPath.Of(parsed)} --help')");
    return 2;
}

// A full collection that stops everything takes 50 to 200 ms where a store has a million versions, and every write waits. The other components
// have small heaps and no such clients: they need no thread that collects beside them.
if (!parsed.CommandResult.Command.Parents.OfType<Command>().Any(static command => command.Name == "store"))
{
    GCSettings.LatencyMode = GCLatencyMode.Batch;
}

return await parsed.InvokeAsync();
