using System.CommandLine;
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

return await parsed.InvokeAsync();
