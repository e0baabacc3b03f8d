using System.CommandLine;

namespace Kube.Load;

/// <summary>`soak`: a store under constant overwrite with compaction, which must not grow.</summary>
internal static class SoakCommand
{
    public static Command Create()
    {
        var kube = new Option<string>("--kube") { Description = "The kube executable.", Required = true };
        var port = new Option<int>("--base-port") { Description = "The first of six ports on 127.0.0.1.", DefaultValueFactory = _ => 17510 };
        var directory = new Option<string>("--dir") { Description = "Where the data goes.", DefaultValueFactory = _ => Path.GetTempPath() };
        var seconds = new Option<int>("--seconds") { Description = "How long.", DefaultValueFactory = _ => 600 };
        var keys = new Option<int>("--keys") { Description = "Keys that are overwritten.", DefaultValueFactory = _ => 10_000 };
        var valueSize = new Option<int>("--val-size") { Description = "Bytes of a value.", DefaultValueFactory = _ => 1024 };
        var rate = new Option<int>("--rate") { Description = "Most puts a second.", DefaultValueFactory = _ => 1000 };
        var command = new Command(
            "soak",
            "Overwrites keys of a store of three members without pause and compacts, beside watches, one of them never read, and leases that come and go. "
            + "Ends with 0 when memory, files, descriptors and disk do not grow after the first fifth of the time.")
        {
            kube, port, directory, seconds, keys, valueSize, rate,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new SoakOptions(
                TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(keys), parsed.GetValue(valueSize), parsed.GetValue(rate));
            var data = Directory.CreateDirectory(Path.Combine(parsed.GetRequiredValue(directory), $"kube-soak-{Environment.ProcessId}")).FullName;
            try
            {
                await using var cluster = new StoreCluster(parsed.GetRequiredValue(kube), parsed.GetValue(port), data);
                return await new Soak(cluster, data, options, Console.Out).RunAsync(cancellationToken) ? 0 : 1;
            }
            finally
            {
                Directory.Delete(data, recursive: true);
            }
        });
        return command;
    }
}
