using System.CommandLine;
using Kube.Load;

var root = new RootCommand("Load generators.");
root.Subcommands.Add(StoreLoadCommand.Create());
root.Subcommands.Add(FailoverCommand.Create());
return await root.Parse(args).InvokeAsync();
