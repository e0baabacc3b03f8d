using System.CommandLine;

namespace Kube.Load;

/// <summary>`store`: load on any etcd v3 server.</summary>
internal static class StoreLoadCommand
{
    public static Command Create()
    {
        var endpoints = new Option<string>("--endpoints") { Description = "URLs of the members, comma separated.", DefaultValueFactory = _ => "http://127.0.0.1:2379" };
        var connections = new Option<int>("--conns") { Description = "Connections, spread over the members.", DefaultValueFactory = _ => 10 };
        var clients = new Option<int>("--clients") { Description = "Requests under way at a time.", DefaultValueFactory = _ => 100 };
        var total = new Option<int>("--total") { Description = "Requests in all.", DefaultValueFactory = _ => 20_000 };
        var work = new Option<string>("--work") { Description = "put, txn, range (linearizable) or srange (serializable).", DefaultValueFactory = _ => "put" };
        work.AcceptOnlyFromAmong("put", "txn", "range", "srange");
        var keySize = new Option<int>("--key-size") { Description = "Bytes of a key.", DefaultValueFactory = _ => 32 };
        var valueSize = new Option<int>("--val-size") { Description = "Bytes of a value.", DefaultValueFactory = _ => 256 };
        var keySpace = new Option<int>("--key-space") { Description = "Different keys.", DefaultValueFactory = _ => 100_000 };
        var command = new Command("store", "Puts load on any etcd v3 server and prints rate and latency.")
        {
            endpoints, connections, clients, total, work, keySize, valueSize, keySpace,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
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
