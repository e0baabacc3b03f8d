using System.CommandLine;
using Kube.Cluster;
using Kube.Hosting;

namespace Kube.Commands;

/// <summary>`kube cluster`: the verbs of scripts/cluster.</summary>
internal static class ClusterCommand
{
    /// <summary>Environment variable by which scripts/cluster says where the default home is.</summary>
    private const string HomeVariable = "KUBE_CLUSTER_HOME";

    public static Command Create()
    {
        var command = new Command("cluster", "Start, stop and look after a cluster on this machine.");
        command.Subcommands.Add(Up());
        command.Subcommands.Add(Simple("down", "Stop every component. Data stays in the home.", (control, cancel) => control.DownAsync(cancel)));
        command.Subcommands.Add(Status());
        command.Subcommands.Add(Logs());
        command.Subcommands.Add(Named("stop", "Stop one component in good order (SIGTERM).", (home, name, cancel) =>
            new ClusterControl(home, Console.Out).StopAsync(name, cancel)));
        command.Subcommands.Add(Named("start", "Start one component and wait until it is ready.", (home, name, cancel) =>
            new ClusterStarter(home, Console.Out).StartAsync(name, cancel)));
        command.Subcommands.Add(Named("kill", "End one component at once (SIGKILL), as a crash would.", (home, name, cancel) =>
            new ClusterControl(home, Console.Out).KillAsync(name, cancel)));
        return command;
    }

    private static Option<string> HomeOption() => new("--home")
    {
        Description = "Directory of the cluster: certificates, data, logs.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(HomeVariable) ?? ".cluster",
        HelpName = "DIR",
    };

    private static Command Up()
    {
        var home = HomeOption();
        var stores = new Option<int?>("--stores") { Description = "Number of store members: 1, 3, 5 or 7. [default: 3]", HelpName = "N" };
        var nodes = new Option<int?>("--nodes") { Description = "Number of nodes. [default: 1]", HelpName = "N" };
        var runtime = new Option<string?>("--runtime")
        {
            Description = "Container runtime: containerd, process (host processes, no images), or auto, which takes containerd where it answers. [default: auto]",
        };
        runtime.AcceptOnlyFromAmong("auto", "containerd", "process");
        var endpoint = new Option<string?>("--container-runtime-endpoint")
        {
            Description = "Socket of containerd. [default: unix:///run/containerd/containerd.sock]",
            HelpName = "unix:///PATH",
        };
        var apiPort = new Option<int?>("--api-port") { Description = "Port of the API server. [default: 6443]", HelpName = "PORT" };
        var storePort = new Option<int?>("--store-port")
        {
            Description = "Client port of the first store member; each member takes two. [default: 2379]",
            HelpName = "PORT",
        };
        var command = new Command("up", "Start the cluster and wait until every node is Ready. Does nothing when it runs already.")
        {
            home, stores, nodes, runtime, endpoint, apiPort, storePort,
        };
        command.SetAction((parsed, cancel) => RunAsync(async () =>
        {
            var flags = new ClusterFlags
            {
                Stores = parsed.GetValue(stores),
                Nodes = parsed.GetValue(nodes),
                Runtime = parsed.GetValue(runtime),
                RuntimeEndpoint = parsed.GetValue(endpoint),
                ApiPort = parsed.GetValue(apiPort),
                StorePort = parsed.GetValue(storePort),
            };
            ClusterOptions Merge(ClusterOptions? saved) => ClusterOptionsMerge.Apply(saved, flags);
            await new ClusterStarter(new ClusterHome(parsed.GetValue(home)!), Console.Out).UpAsync(Merge, cancel).ConfigureAwait(false);
            return 0;
        }));
        return command;
    }

    private static Command Status()
    {
        var home = HomeOption();
        var command = new Command("status", "Print every component and whether it is ready. Exits with 1 when one is not.") { home };
        command.SetAction((parsed, cancel) => RunAsync(async () =>
            await new ClusterControl(new ClusterHome(parsed.GetValue(home)!), Console.Out).StatusAsync(cancel).ConfigureAwait(false) ? 0 : 1));
        return command;
    }

    private static Command Logs()
    {
        var home = HomeOption();
        var name = new Argument<string>("NAME") { Description = "The component, such as apiserver or store-1." };
        var tail = new Option<int>("--tail") { Description = "How many lines to begin with; -1 for all.", DefaultValueFactory = _ => -1 };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on as the log grows." };
        var command = new Command("logs", "Print a component's log.") { name, home, tail, follow };
        command.SetAction((parsed, cancel) => RunAsync(async () =>
        {
            var clusterHome = new ClusterHome(parsed.GetValue(home)!);
            await LogReader.PrintAsync(
                clusterHome, parsed.GetValue(name)!, parsed.GetValue(tail), parsed.GetValue(follow), Console.Out, cancel).ConfigureAwait(false);
            return 0;
        }));
        return command;
    }

    private static Command Simple(string verb, string description, Func<ClusterControl, CancellationToken, Task> run)
    {
        var home = HomeOption();
        var command = new Command(verb, description) { home };
        command.SetAction((parsed, cancel) => RunAsync(async () =>
        {
            await run(new ClusterControl(new ClusterHome(parsed.GetValue(home)!), Console.Out), cancel).ConfigureAwait(false);
            return 0;
        }));
        return command;
    }

    private static Command Named(string verb, string description, Func<ClusterHome, string, CancellationToken, Task> run)
    {
        var home = HomeOption();
        var name = new Argument<string>("NAME") { Description = "The component, such as apiserver or store-1." };
        var command = new Command(verb, description) { name, home };
        command.SetAction((parsed, cancel) => RunAsync(async () =>
        {
            await run(new ClusterHome(parsed.GetValue(home)!), parsed.GetValue(name)!, cancel).ConfigureAwait(false);
            return 0;
        }));
        return command;
    }

    private static async Task<int> RunAsync(Func<Task<int>> run)
    {
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (StartupException e)
        {
            await Console.Error.WriteLineAsync("error: " + e.Message).ConfigureAwait(false);
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }
}
