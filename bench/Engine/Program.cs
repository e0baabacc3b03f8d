using System.CommandLine;
using Kube.EngineBench;

var root = new RootCommand("Measures the engine of the store alone: log, state machine and key space in this process, without network.");
root.Subcommands.Add(RecoveryCommand.Create());
root.Subcommands.Add(LargeCommand.Create());
root.Subcommands.Add(PausesCommand.Create());
return await root.Parse(args).InvokeAsync();
