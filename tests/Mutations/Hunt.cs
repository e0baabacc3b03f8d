using Kube.RaftStore.Mutations.Catalogue;
using Kube.RaftStore.Simulation.Runs;

namespace Kube.RaftStore.Mutations;

/// <summary>The end of a hunt.</summary>
/// <param name="Bug">What was hunted.</param>
/// <param name="Seeds">How many seeds it took, from 1 on, or how many were tried in vain.</param>
/// <param name="Found">The run that showed the bug, null when none did.</param>
/// <param name="Control">The same run with the bug asleep: it has to be sound.</param>
internal sealed record Catch(PlantedBug Bug, int Seeds, RunResult? Found, RunResult? Control)
{
    public bool IsCaught => Found is not null && Control!.IsSound;

    /// <summary>The check that showed it, in a line.</summary>
    public string ShownBy
    {
        get
        {
            var lines = (Found?.Failure ?? "").Split('\n');
            var line = lines[0].StartsWith("the clients' history", StringComparison.Ordinal) && lines.Length > 1
                ? "history: " + lines[1].Split(':')[0].Trim()
                : lines[0].Split(" at Kube.")[0].TrimEnd('\r');
            return line.Length > 120 ? line[..120] + "..." : line;
        }
    }
}

/// <summary>Runs seeds with a bug awake.</summary>
internal static class Hunt
{
    /// <summary>Seeds that a hunt may take.</summary>
    public const int MaxSeeds = 100;

    /// <summary>The options of a seed in the profile that a bug is hunted in.</summary>
    public static SwarmOptions Options(PlantedBug bug, int seed) =>
        Profiles.Shape(SwarmOptions.DrawPlain((ulong)seed), Enum.Parse<Profile>(bug.Habitat.ToString()));

    public static RunResult Run(PlantedBug bug, int seed, bool isAwake = true)
    {
        Planted.Wake(isAwake ? bug.Name : null);
        try
        {
            return SimulationRun.Execute(Options(bug, seed));
        }
        finally
        {
            Planted.Wake(null);
        }
    }

    /// <summary>Tries seeds until one shows the bug.</summary>
    public static Catch For(PlantedBug bug, int maxSeeds, int firstSeed = 1)
    {
        for (var seed = firstSeed; seed <= maxSeeds; seed++)
        {
            var result = Run(bug, seed);
            if (!result.IsSound)
            {
                return new Catch(bug, seed, result, Run(bug, seed, isAwake: false));
            }
        }

        return new Catch(bug, maxSeeds, null, null);
    }
}
