using System.CommandLine;
using Kube.Load;

var root = new RootCommand("Load generators.");
root.Subcommands.Add(StoreLoadCommand.Create());
return await root.Parse(args).InvokeAsync();
