using System.CommandLine;
using Kube.Load.Report;

namespace Kube.Load;

/// <summary>`store`: load on any etcd v3 server, or the store's comparison with etcd.</summary>
internal static class StoreLoadCommand
{
    public static Command Create()
    {
        var endpoints = new Option<string>("--endpoints") { Description = "URLs of the members, comma separated.", DefaultValueFactory = _ => "http://127.0.0.1:2379" };
        var connections = new Option<int>("--conns") { Description = "Connections, spread over the members.", DefaultValueFactory = _ => 10 };
        var clients = new Option<int>("--clients") { Description = "Requests under way at a time.", DefaultValueFactory = _ => 100 };
        var total = new Option<int>("--total") { Description = "Requests in all.", DefaultValueFactory = _ => 20_000 };
        var work = new Option<string>("--work") { Description = "put, txn, range (linearizable), srange (serializable) or mixed (eight ranges to two puts).", DefaultValueFactory = _ => "put" };
        work.AcceptOnlyFromAmong("put", "txn", "range", "srange", "mixed");
        var keySize = new Option<int>("--key-size") { Description = "Bytes of a key, 4 to 127.", DefaultValueFactory = _ => 32 };
        var valueSize = new Option<int>("--val-size") { Description = "Bytes of a value.", DefaultValueFactory = _ => 256 };
        var keySpace = new Option<int>("--key-space") { Description = "Different keys; 0: a new one with each request.", DefaultValueFactory = _ => 100_000 };
        var against = new Option<string?>("--against") { Description = "etcd: compare the store with it, three members each, in one run." };
        against.AcceptOnlyFromAmong("etcd");
        var etcd = new Option<string>("--etcd") { Description = "The etcd executable to compare with.", DefaultValueFactory = _ => "/usr/bin/etcd" };
        var kube = new Option<string>("--kube") { Description = "The kube executable to compare.", DefaultValueFactory = _ => "artifacts/publish/kube/kube" };
        var port = new Option<int>("--base-port") { Description = "The first of eighteen ports on 127.0.0.1, for a comparison.", DefaultValueFactory = _ => 17520 };
        var directory = new Option<string>("--dir") { Description = "Where a comparison's data goes.", DefaultValueFactory = _ => Path.GetTempPath() };
        var rounds = new Option<int>("--rounds") { Description = "How often a comparison measures each row on each store.", DefaultValueFactory = _ => 3 };
        var fill = new Option<int>("--fill") { Description = "New keys in a comparison's last row.", DefaultValueFactory = _ => 300_000 };
        var scale = new Option<double>("--scale") { Description = "Factor on the requests of a comparison's rows.", DefaultValueFactory = _ => 1 };
        var restart = new Option<int>("--restart-keys") { Description = "Keys in the stores of a comparison when all members are killed; 0 leaves the restart out.", DefaultValueFactory = _ => 1_000_000 };
        var large = new Option<int>("--large-mb") { Description = "Data, in MiB, for which a comparison's last row has a thirty-second of memory: 16384 is 16 GB with --memory-mb 512; 0 leaves it out.", DefaultValueFactory = _ => 256 };
        var only = new Option<string>("--only") { Description = "Only the rows of a comparison whose name holds this.", DefaultValueFactory = _ => "" };
        var docs = new Option<string?>("--docs") { Description = "The folder with benchmarks.md, which gets a comparison's table and plot." };
        var command = new Command("store", "Puts load on any etcd v3 server and prints rate and latency.")
        {
            endpoints, connections, clients, total, work, keySize, valueSize, keySpace, against, etcd, kube, port, directory, rounds, fill, scale, restart, large, only, docs,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(against) is not null)
            {
                var (next, where) = (parsed.GetValue(port), parsed.GetRequiredValue(directory));
                StoreCluster NewCluster(string name, IReadOnlyList<string> flags)
                {
                    next += 2 * StoreCluster.Size;
                    return new StoreCluster(Path.GetFullPath(parsed.GetRequiredValue(name == "etcd" ? etcd : kube)), next - (2 * StoreCluster.Size), where, flags);
                }
                var options = new StoreComparisonOptions
                {
                    Rounds = parsed.GetValue(rounds),
                    FillKeys = parsed.GetValue(fill),
                    Scale = parsed.GetValue(scale),
                    RestartKeys = parsed.GetValue(restart),
                    LargeMb = parsed.GetValue(large),
                    Only = parsed.GetRequiredValue(only),
                };
                var report = new BenchReport(Console.Out);
                await using var comparison = new StoreComparison(NewCluster, options, report);
                await comparison.RunAsync(cancellationToken);
                if (parsed.GetValue(docs) is { } folder)
                {
                    comparison.WriteTo(folder);
                }
                return 0;
            }

            var load = new StoreLoad(new StoreLoadOptions
            {
                Endpoints = parsed.GetRequiredValue(endpoints).Split(','),
                Connections = parsed.GetValue(connections),
                Clients = parsed.GetValue(clients),
                Total = parsed.GetValue(total),
                Work = parsed.GetRequiredValue(work),
                KeySizeBytes = parsed.GetValue(keySize),
                ValueSizeBytes = parsed.GetValue(valueSize),
                KeySpace = parsed.GetValue(keySpace),
            });
            var result = await load.RunAsync(cancellationToken);
            Console.WriteLine(result);
            return result.Failures == 0 ? 0 : 1;
        });
        return command;
    }
}
