using System.CommandLine;
using Kube.RaftStore.Host;
using Kube.Robustness.BrokenStore;

// A store member with one deliberate bug: BUG serve [flags of kube store serve].
if (args.Length == 0 || !PlantedBugs.All.TryGetValue(args[0], out var seams))
{
    Console.Error.WriteLine($"usage: {typeof(PlantedBugs).Assembly.GetName().Name} {string.Join('|', PlantedBugs.All.Keys)} serve [flags]");
    return 2;
}

var root = new RootCommand("A store member with a deliberate bug, to see that the chaos harness finds it.");
root.Subcommands.Add(ServeCommand.Create(seams));
return await root.Parse(args[1..]).InvokeAsync();
