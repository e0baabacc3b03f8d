using System.CommandLine;
using Kube.RaftStore.Mutations.Catalogue;

namespace Kube.RaftStore.Mutations;

/// <summary>scripts/simulate --mutations.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        var only = new Option<string[]>("--only") { Description = "Wake these bugs alone", AllowMultipleArgumentsPerToken = true };
        var maxSeeds = new Option<int>("--max-seeds") { Description = "Seeds for each bug", DefaultValueFactory = _ => Hunt.MaxSeeds };
        var seed = new Option<int?>("--seed") { Description = "Run this seed of the bug's profile alone, and tell its end" };
        var sound = new Option<bool>("--sound") { Description = "With --seed: with the bug asleep" };
        var commit = new Option<string>("--commit") { Description = "The commit to print", DefaultValueFactory = _ => "unknown", Hidden = true };
        var root = new RootCommand("Wakes one planted bug after another and says how many seeds it takes to find each.") { only, maxSeeds, seed, sound, commit };
        root.SetAction(parsed =>
        {
            Console.WriteLine($"commit {parsed.GetValue(commit)}");
            var names = parsed.GetValue(only) ?? [];
            var bugs = Bugs.All.Where(bug => names.Length == 0 || names.Contains(bug.Name)).ToArray();
            return parsed.GetValue(seed) is { } one ? RunOne(bugs.Single(), one, parsed.GetValue(sound)) : HuntAll(bugs, parsed.GetValue(maxSeeds));
        });
        return root.Parse(args).Invoke();
    }

    private static int HuntAll(IReadOnlyList<PlantedBug> bugs, int maxSeeds)
    {
        var missed = 0;
        Console.WriteLine("| Bug | What | Profile | Seeds | Shown by |\n|---|---|---|---|---|");
        foreach (var bug in bugs)
        {
            var hunted = Hunt.For(bug, maxSeeds);
            missed += hunted.IsCaught ? 0 : 1;
            Console.WriteLine($"| {bug.Name} | {bug.What} | {bug.Habitat} | {(hunted.Found is null ? $"not found in {maxSeeds}" : hunted.Seeds)} | {hunted.ShownBy} |");
            if (hunted.Control is { IsSound: false } control)
            {
                Console.WriteLine($"seed {hunted.Seeds} fails with the bug asleep too: {control.Failure}");
            }
        }

        Console.WriteLine(missed == 0 ? $"all {bugs.Count} planted bugs were found" : $"{missed} of {bugs.Count} planted bugs were not found");
        return missed == 0 ? 0 : 1;
    }

    private static int RunOne(PlantedBug bug, int seed, bool isSound)
    {
        var result = Hunt.Run(bug, seed, isAwake: !isSound);
        Console.WriteLine(string.Join('\n', result.Story.TakeLast(80)));
        Console.WriteLine(result.IsSound ? $"sound, {result.Counts}" : $"FAILED: {result.Failure}");
        return result.IsSound ? 0 : 1;
    }
}
