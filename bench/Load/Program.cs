using System.CommandLine;
using Kube.Load;
using Kube.Load.Api;
using Kube.Load.Kubelet;

var root = new RootCommand("Load generators.");
root.Subcommands.Add(SoakCommand.Create());
root.Subcommands.Add(WatchersCommand.Create());
root.Subcommands.Add(StoreLoadCommand.Create());
root.Subcommands.Add(FailoverCommand.Create());
root.Subcommands.Add(KubeletBenchCommand.Create());
root.Subcommands.Add(ApiBenchCommand.Create());
root.Subcommands.Add(LimitCommand.Create());
return await root.Parse(args).InvokeAsync();
