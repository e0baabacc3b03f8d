namespace Kube.Controllers.Deployments;

/// <summary>How large the replica sets of a deployment should be. Pure; sizes are spec.replicas unless said otherwise.</summary>
internal static class RolloutMath
{
    public static bool IsRolling(Deployment deployment) => deployment.Spec?.Strategy?.Type != "Recreate";

    public static int Desired(Deployment deployment) => deployment.Spec?.Replicas ?? 1;

    public static int Size(ReplicaSet set) => set.Spec?.Replicas ?? 1;

    public static int Total(IEnumerable<ReplicaSet> sets) => sets.Sum(Size);

    /// <summary>How many pods there may be beyond the desired number.</summary>
    public static int MaxSurge(Deployment deployment) => IsRolling(deployment) ? Bounds(deployment).Surge : 0;

    /// <summary>How many of the desired pods may be missing.</summary>
    public static int MaxUnavailable(Deployment deployment) =>
        !IsRolling(deployment) || Desired(deployment) == 0 ? 0 : Math.Min(Bounds(deployment).Unavailable, Desired(deployment));

    /// <summary>The size that the newest set may have now.</summary>
    public static int NewSetSize(Deployment deployment, IEnumerable<ReplicaSet> all, int newSize)
    {
        if (!IsRolling(deployment))
        {
            return Desired(deployment);
        }

        var room = Desired(deployment) + MaxSurge(deployment) - Total(all);
        return room <= 0 ? newSize : newSize + Math.Min(room, Desired(deployment) - newSize);
    }

    /// <summary>
    /// By how much the old sets may shrink in a rolling update: first pods that are not available anyway, then
    /// available ones as far as enough remain. Returns the new size of each set that changes, oldest first.
    /// </summary>
    public static IReadOnlyList<(ReplicaSet Set, int Size)> ShrinkOldSets(Deployment deployment, IReadOnlyList<ReplicaSet> old, ReplicaSet newest)
    {
        var minAvailable = Desired(deployment) - MaxUnavailable(deployment);
        var newUnavailable = Size(newest) - (newest.Status?.AvailableReplicas ?? 0);
        var mayGo = Total(old) + Size(newest) - minAvailable - newUnavailable;
        if (Total(old) == 0 || mayGo <= 0)
        {
            return [];
        }

        var sizes = old.OrderBy(static set => set, OldestFirst).Select(static set => (Set: set, Size: Size(set))).ToArray();
        var gone = 0;
        for (var i = 0; i < sizes.Length && gone < mayGo; i++)
        {
            var unhealthy = Math.Max(0, sizes[i].Size - (sizes[i].Set.Status?.AvailableReplicas ?? 0));
            var less = Math.Min(mayGo - gone, unhealthy);
            sizes[i].Size -= less;
            gone += less;
        }

        // Available pods are counted as reported: what was cut above was not among them.
        var available = old.Append(newest).Sum(static set => set.Status?.AvailableReplicas ?? 0);
        var spare = available - minAvailable;
        for (var i = 0; i < sizes.Length && spare > 0; i++)
        {
            var less = Math.Min(sizes[i].Size, spare);
            sizes[i].Size -= less;
            spare -= less;
        }

        return [.. sizes.Where(static pair => pair.Size != Size(pair.Set))];
    }

    /// <summary>
    /// The sizes after the deployment itself was scaled. One active set takes all; a finished rollout leaves the newest
    /// alone; in the midst of one, all active sets share the change in proportion to their sizes.
    /// </summary>
    public static IReadOnlyList<(ReplicaSet Set, int Size)> Scale(Deployment deployment, ReplicaSet? newest, IReadOnlyList<ReplicaSet> old)
    {
        if (ActiveOrLatest(newest, old) is { } only)
        {
            return [(only, Desired(deployment))];
        }

        if (IsSaturated(deployment, newest))
        {
            return [.. old.Where(static set => Size(set) > 0).Select(static set => (set, 0))];
        }

        return IsRolling(deployment) ? ScaleInProportion(deployment, [.. WithNewest(newest, old).Where(static set => Size(set) > 0)]) : [];
    }

    /// <summary>True when the newest set is as large and as available as the deployment wants it.</summary>
    public static bool IsSaturated(Deployment deployment, ReplicaSet? newest) =>
        newest is not null &&
        DeploymentAnnotations.Number(newest, DeploymentAnnotations.DesiredReplicas) == Desired(deployment) &&
        Size(newest) == Desired(deployment) &&
        newest.Status?.AvailableReplicas == Desired(deployment);

    /// <summary>Every set, the newest last.</summary>
    public static IEnumerable<ReplicaSet> WithNewest(ReplicaSet? newest, IEnumerable<ReplicaSet> old) =>
        newest is null ? old : old.Append(newest);

    /// <summary>By creation, then by name.</summary>
    public static IComparer<ReplicaSet> OldestFirst { get; } = Comparer<ReplicaSet>.Create(static (left, right) =>
    {
        var byTime = Nullable.Compare(left.Metadata.CreationTimestamp, right.Metadata.CreationTimestamp);
        return byTime != 0 ? byTime : string.CompareOrdinal(left.Metadata.Name, right.Metadata.Name);
    });

    private static ReplicaSet? ActiveOrLatest(ReplicaSet? newest, IReadOnlyList<ReplicaSet> old)
    {
        var active = WithNewest(newest, old).Where(static set => Size(set) > 0).Take(2).ToList();
        return active.Count switch
        {
            0 => newest ?? old.OrderByDescending(static set => set, OldestFirst).FirstOrDefault(),
            1 => active[0],
            _ => null,
        };
    }

    private static List<(ReplicaSet Set, int Size)> ScaleInProportion(Deployment deployment, List<ReplicaSet> active)
    {
        var allowed = Desired(deployment) > 0 ? Desired(deployment) + MaxSurge(deployment) : 0;
        var toAdd = allowed - Total(active);

        // The largest first, so that it gets what rounding leaves over; of equals the newer when growing.
        var order = toAdd > 0
            ? active.OrderByDescending(Size).ThenByDescending(static set => set, OldestFirst).ToList()
            : active.OrderByDescending(Size).ThenBy(static set => set, OldestFirst).ToList();
        var added = 0;
        var sizes = new List<(ReplicaSet Set, int Size)>();
        foreach (var set in order)
        {
            var share = toAdd == 0 || toAdd == added ? 0 : Fraction(deployment, set);
            share = toAdd > 0 ? Math.Min(share, toAdd - added) : Math.Max(share, toAdd - added);
            sizes.Add((set, Size(set) + share));
            added += share;
        }

        if (toAdd != 0 && sizes.Count > 0)
        {
            sizes[0] = (sizes[0].Set, Math.Max(0, sizes[0].Size + toAdd - added));
        }

        return sizes;
    }

    /// <summary>By how much a set changes if it keeps its part of the whole.</summary>
    private static int Fraction(Deployment deployment, ReplicaSet set)
    {
        if (Desired(deployment) == 0)
        {
            return -Size(set);
        }

        var before = DeploymentAnnotations.Number(set, DeploymentAnnotations.MaxReplicas) ?? deployment.Status?.Replicas ?? 0;
        if (before == 0)
        {
            return 0;
        }

        var size = (double)Size(set) * (Desired(deployment) + MaxSurge(deployment)) / before;
        return (int)Math.Round(size, MidpointRounding.AwayFromZero) - Size(set);
    }

    private static (int Surge, int Unavailable) Bounds(Deployment deployment)
    {
        var rolling = deployment.Spec?.Strategy?.RollingUpdate;
        var surge = (rolling?.MaxSurge ?? new IntOrString("25%")).Scaled(Desired(deployment), roundUp: true);
        var unavailable = (rolling?.MaxUnavailable ?? new IntOrString("25%")).Scaled(Desired(deployment), roundUp: false);

        // Both may round to zero; then nothing could ever move.
        return surge == 0 && unavailable == 0 ? (0, 1) : (surge, unavailable);
    }
}
