namespace Kube.RaftStore.Simulation.Runs;

/// <summary>
/// Makes a failing run smaller while it goes on failing: fewer members, faults, clients and operations, less time, a network
/// without faults of its own. Every candidate is a whole run from the same seed, so what is left replays exactly.
/// </summary>
internal static class Shrinker
{
    /// <param name="failing">The options of a run that failed.</param>
    /// <param name="fails">Whether a run with these options fails in the same way.</param>
    /// <param name="report">Told of every step that was kept.</param>
    public static SwarmOptions Shrink(SwarmOptions failing, Func<SwarmOptions, bool> fails, Action<string> report)
    {
        var smallest = failing;
        for (var isSmaller = true; isSmaller;)
        {
            isSmaller = false;
            foreach (var (what, candidate) in Candidates(smallest).ToArray())
            {
                if (candidate != smallest && fails(candidate))
                {
                    smallest = candidate;
                    isSmaller = true;
                    report(what);
                    break;
                }
            }
        }

        return smallest;
    }

    private static IEnumerable<(string What, SwarmOptions Options)> Candidates(SwarmOptions now)
    {
        foreach (var eighths in (int[])[1, 2, 4, 6, 7])
        {
            var seconds = now.DurationSeconds * eighths / 8;
            if (seconds > 0)
            {
                yield return ($"{seconds} s of work", now with { DurationSeconds = seconds });
            }
        }

        foreach (var fault in Enum.GetValues<Faults>().Where(f => f != Faults.None && f != Faults.All && now.Faults.HasFlag(f)))
        {
            yield return ($"without {fault}", now with { Faults = now.Faults & ~fault });
        }

        yield return ("without compaction", now with { Compacts = false });
        yield return ("without watchers of parts", now with { Watchers = 0 });
        yield return ("without lease clients", now with { LeaseClients = 0 });
        if (now.KvClients > 1)
        {
            yield return ("one client less", now with { KvClients = now.KvClients - 1 });
        }

        foreach (var members in Enumerable.Range(1, now.Members - 1))
        {
            yield return ($"{members} members", now with { Members = members });
        }

        foreach (var operations in (int[])[1, 2, 5, 10, 20, 50, 100, 200])
        {
            if (operations < now.MaxOperations)
            {
                yield return ($"{operations} operations a client", now with { MaxOperations = operations });
            }
        }

        yield return ("clocks that agree", now with { ClockDrift = 0 });
        yield return ("a network that loses nothing", now with { Network = now.Network with { LossChance = 0 } });
        yield return ("a network that doubles nothing", now with { Network = now.Network with { DuplicateChance = 0 } });
        yield return ("a network without detours", now with { Network = now.Network with { DetourChance = 0 } });
        yield return ("streams that do not break", now with { Network = now.Network with { StreamBreakChance = 0 } });
        yield return ("a network that keeps the order", now with { Network = now.Network with { IsOrdered = true } });
    }
}
