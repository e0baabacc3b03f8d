namespace Kube.ApiServer.FlowControl;

/// <summary>What one level may get of the server's seats.</summary>
/// <param name="Target">What it would like; taken for at least <see cref="SeatAllocation.MinTarget"/>.</param>
/// <param name="Lower">It gets no less.</param>
/// <param name="Upper">It gets no more; not below <paramref name="Lower"/>.</param>
internal readonly record struct SeatClaim(double Target, double Lower, double Upper);

/// <summary>Divides seats in proportion to what is wanted, within bounds. Pure.</summary>
internal static class SeatAllocation
{
    /// <summary>A claim of nothing still shares in what is left over.</summary>
    public const double MinTarget = 0.001;

    /// <summary>
    /// Finds the one proportion p at which the claims, each p times its target but within its bounds, add up to the sum.
    /// </summary>
    /// <returns>What each claim gets; when the bounds forbid the sum, all lower or all upper bounds. And p.</returns>
    public static (double[] Seats, double Proportion) Divide(double sum, IReadOnlyList<SeatClaim> claims)
    {
        if (claims.Sum(c => c.Lower) >= sum)
        {
            return ([.. claims.Select(c => c.Lower)], claims.Count == 0 ? 0 : claims.Min(c => c.Lower / TargetOf(c)));
        }

        if (claims.Sum(c => c.Upper) <= sum)
        {
            return ([.. claims.Select(c => c.Upper)], claims.Count == 0 ? 0 : claims.Max(c => c.Upper / TargetOf(c)));
        }

        // The sum grows with p, and between two neighbouring bounds in proportion to the targets that no bound holds.
        var bounds = claims.SelectMany(c => new[] { c.Lower / TargetOf(c), c.Upper / TargetOf(c) }).Append(0).Distinct().Order().ToList();
        var (below, above) = (0, bounds.Count - 1);
        while (above - below > 1)
        {
            var middle = (below + above) / 2;
            (below, above) = At(bounds[middle], claims) <= sum ? (middle, above) : (below, middle);
        }

        var (low, high) = (At(bounds[below], claims), At(bounds[above], claims));
        var proportion = high > low ? bounds[below] + ((bounds[above] - bounds[below]) * (sum - low) / (high - low)) : bounds[below];
        return ([.. claims.Select(c => Math.Clamp(proportion * TargetOf(c), c.Lower, c.Upper))], proportion);
    }

    private static double At(double proportion, IReadOnlyList<SeatClaim> claims) =>
        claims.Sum(c => Math.Clamp(proportion * TargetOf(c), c.Lower, c.Upper));

    private static double TargetOf(SeatClaim claim) => Math.Max(claim.Target, MinTarget);
}
