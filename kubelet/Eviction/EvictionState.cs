namespace Kube.Kubelet.Eviction;

/// <summary>What a look at the node led to.</summary>
/// <param name="Conditions">Conditions the node has: seen now, or within the transition period.</param>
/// <param name="Due">Thresholds crossed for longer than their grace, the most urgent first. Something must go if there are any.</param>
internal sealed record EvictionVerdict(IReadOnlySet<string> Conditions, IReadOnlyList<EvictionThreshold> Due);

/// <summary>
/// Remembers since when thresholds are crossed and when conditions were last seen, and says from readings what that means.
/// Time and readings are handed in. Not thread-safe.
/// </summary>
internal sealed class EvictionState(IReadOnlyList<EvictionThreshold> thresholds, TimeSpan transitionPeriod)
{
    private Dictionary<EvictionThreshold, DateTimeOffset> _crossedSince = [];
    private readonly Dictionary<string, DateTimeOffset> _conditionSeen = new(StringComparer.Ordinal);
    private List<EvictionThreshold> _unresolved = [];

    /// <summary>Takes a look. A signal without a reading crosses nothing.</summary>
    public EvictionVerdict Look(IReadOnlyDictionary<EvictionSignal, SignalReading> readings, DateTimeOffset now)
    {
        // A threshold that led to evictions stays crossed until its minimum reclaim is there too.
        HashSet<EvictionThreshold> crossed = [.. Crossed(thresholds, readings, withReclaim: false), .. Crossed(_unresolved, readings, withReclaim: true)];
        _crossedSince = crossed.ToDictionary(t => t, t => _crossedSince.TryGetValue(t, out DateTimeOffset since) ? since : now);
        foreach (string condition in crossed.Select(t => t.Signal.Condition()))
        {
            _conditionSeen[condition] = now;
        }

        _unresolved = [.. _crossedSince.Where(c => now - c.Value >= c.Key.GracePeriod).Select(c => c.Key)];
        return new EvictionVerdict(
            _conditionSeen.Where(c => now - c.Value < transitionPeriod || c.Value == now).Select(c => c.Key).ToHashSet(StringComparer.Ordinal),
            [.. _unresolved.OrderBy(Urgency).ThenBy(t => t.Signal).ThenBy(t => t.GracePeriod)]);
    }

    /// <summary>Whether any threshold is crossed, minimum reclaims counted in: whether what was freed is not enough.</summary>
    public bool StillCrossed(IReadOnlyDictionary<EvictionSignal, SignalReading> readings) => Crossed(thresholds, readings, withReclaim: true).Any();

    /// <summary>Memory before everything else, as what is not freed at once is taken by the kernel's killer.</summary>
    private static int Urgency(EvictionThreshold threshold) => threshold.Signal.Resource() == "memory" ? 0 : 1;

    private static IEnumerable<EvictionThreshold> Crossed(
        IEnumerable<EvictionThreshold> thresholds, IReadOnlyDictionary<EvictionSignal, SignalReading> readings, bool withReclaim)
    {
        foreach (EvictionThreshold threshold in thresholds)
        {
            if (!readings.TryGetValue(threshold.Signal, out SignalReading reading))
            {
                continue;
            }

            long wanted = threshold.Value.Of(reading.Capacity);
            if (withReclaim && threshold.MinimumReclaim is { } more)
            {
                wanted += more.Of(reading.Capacity);
            }

            if (reading.Available < wanted)
            {
                yield return threshold;
            }
        }
    }
}
