using System.CommandLine;

namespace Kube.Load;

/// <summary>`failover`: a store of three members that loses them.</summary>
internal static class FailoverCommand
{
    public static Command Create()
    {
        var kube = new Option<string>("--kube") { Description = "The kube executable.", Required = true };
        var port = new Option<int>("--base-port") { Description = "The first of six ports on 127.0.0.1.", DefaultValueFactory = _ => 17500 };
        var directory = new Option<string>("--dir") { Description = "Where the data goes.", DefaultValueFactory = _ => Path.GetTempPath() };
        var rounds = new Option<int>("--rounds") { Description = "How often the leader is killed.", DefaultValueFactory = _ => 10 };
        var keys = new Option<int>("--keys") { Description = "Keys in the store when all are killed.", DefaultValueFactory = _ => 1_000_000 };
        var behind = new Option<int>("--behind") { Description = "Entries that a member misses.", DefaultValueFactory = _ => 100_000 };
        var valueSize = new Option<int>("--val-size") { Description = "Bytes of a value.", DefaultValueFactory = _ => 256 };
        var command = new Command("failover", "Starts a store of three members, kills some, and prints how long it takes until it serves again.")
        {
            kube, port, directory, rounds, keys, behind, valueSize,
        };
        command.SetAction(async (parsed, _) =>
        {
            var options = new FailoverOptions(parsed.GetValue(rounds), parsed.GetValue(keys), parsed.GetValue(behind), parsed.GetValue(valueSize));
            await using var cluster = new StoreCluster(parsed.GetRequiredValue(kube), parsed.GetValue(port), parsed.GetRequiredValue(directory));
            await new FailoverBench(cluster, options, Console.Out).RunAsync();
            return 0;
        });
        return command;
    }
}
