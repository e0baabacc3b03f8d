using System.CommandLine;
using System.Globalization;

namespace Kube.Load.Api;

/// <summary>`api`: an API server over a store of three members.</summary>
internal static class ApiBenchCommand
{
    private static readonly string[] s_parts = ["requests", "writes", "watch", "lists", "startup"];

    public static Command Create()
    {
        var parts = new Argument<string[]>("PART")
        {
            Description = $"What to measure: {string.Join(", ", s_parts)}; all unless given.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        parts.AcceptOnlyFromAmong(s_parts);
        var kube = new Option<string>("--kube") { Description = "The kube executable.", DefaultValueFactory = _ => "artifacts/publish/kube/kube" };
        var port = new Option<int>("--base-port") { Description = "The first of eight ports on 127.0.0.1.", DefaultValueFactory = _ => 17540 };
        var directory = new Option<string>("--dir") { Description = "Where the data goes.", DefaultValueFactory = _ => Path.GetTempPath() };
        var rounds = new Option<int>("--rounds") { Description = "How often each row is measured.", DefaultValueFactory = _ => 3 };
        var scale = new Option<double>("--scale") { Description = "Factor on the number of requests.", DefaultValueFactory = _ => 1 };
        var sizes = new Option<string>("--sizes") { Description = "Sizes of the lists, ascending.", DefaultValueFactory = _ => "100,10000,100000" };
        var watchers = new Option<int>("--watchers") { Description = "Watches at a time.", DefaultValueFactory = _ => 1_000 };
        var events = new Option<int>("--events") { Description = "Events a second that each watch gets.", DefaultValueFactory = _ => 1_000 };
        var seconds = new Option<int>("--seconds") { Description = "How long events are written.", DefaultValueFactory = _ => 10 };
        var page = new Option<string?>("--write") { Description = "Page whose parts the tables replace; the plot goes beside it." };
        var command = new Command("api", "Measures an API server over a store of three members beside its limits.")
        {
            parts, kube, port, directory, rounds, scale, sizes, watchers, events, seconds, page,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new ApiBenchOptions
            {
                Parts = (parsed.GetValue(parts) is { Length: > 0 } chosen ? chosen : s_parts).ToHashSet(StringComparer.Ordinal),
                Rounds = parsed.GetValue(rounds),
                Scale = parsed.GetValue(scale),
                Sizes = [.. parsed.GetRequiredValue(sizes).Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture))],
                Watchers = parsed.GetValue(watchers),
                EventsPerSecond = parsed.GetValue(events),
                WatchSeconds = parsed.GetValue(seconds),
                Page = parsed.GetValue(page),
            };
            var (executable, first, where) = (Path.GetFullPath(parsed.GetRequiredValue(kube)), parsed.GetValue(port), parsed.GetRequiredValue(directory));
            await using var store = new StoreCluster(executable, first, where);
            using var bench = new ApiBench(store, executable, first + 6, where, options, Console.Out);
            await bench.RunAsync(cancellationToken);
            return 0;
        });
        return command;
    }
}
