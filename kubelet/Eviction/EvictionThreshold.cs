using System.Globalization;
using Kube.Api.Values;

namespace Kube.Kubelet.Eviction;

/// <summary>An amount as thresholds give it: a quantity, or a part of the capacity between 0 and 1.</summary>
internal readonly record struct ThresholdValue(Quantity? Quantity, float Part)
{
    /// <summary>The amount where there is <paramref name="capacity"/> in all.</summary>
    public long Of(long capacity) => Quantity is { } quantity ? quantity.Value() : (long)((double)Part * capacity);
}

/// <summary>Below which reading of a signal the node is under pressure, and how long that may last (zero: not at all).</summary>
internal sealed record EvictionThreshold(EvictionSignal Signal, ThresholdValue Value)
{
    /// <summary>How long a soft threshold may be crossed before pods are evicted; zero makes a hard one.</summary>
    public TimeSpan GracePeriod { get; init; }

    /// <summary>How much more than the threshold must be free before it counts as not crossed any more; null for nothing.</summary>
    public ThresholdValue? MinimumReclaim { get; init; }

    public bool IsHard => GracePeriod == TimeSpan.Zero;
}

/// <summary>A flag or field of the eviction thresholds cannot be understood; the message says which and why.</summary>
internal sealed class ThresholdException(string message) : Exception(message);

/// <summary>Reads evictionHard, evictionSoft and what belongs to them, with Kubernetes' rules and messages. Pure.</summary>
internal static class EvictionThresholds
{
    /// <summary>Hard thresholds of a kubelet that is told none.</summary>
    public static readonly IReadOnlyDictionary<string, string> DefaultHard = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["memory.available"] = "100Mi",
        ["nodefs.available"] = "10%",
        ["nodefs.inodesFree"] = "5%",
        ["imagefs.available"] = "15%",
        ["imagefs.inodesFree"] = "5%",
    };

    /// <summary>All thresholds; those for memory twice, once for the node and once for what pods may use of it.</summary>
    /// <exception cref="ThresholdException">A signal is unknown, a value not positive, or a soft threshold without grace period.</exception>
    public static IReadOnlyList<EvictionThreshold> Parse(
        IReadOnlyDictionary<string, string> hard,
        IReadOnlyDictionary<string, string> soft,
        IReadOnlyDictionary<string, string> softGracePeriods,
        IReadOnlyDictionary<string, string> minimumReclaims)
    {
        Dictionary<EvictionSignal, TimeSpan> graces = softGracePeriods.ToDictionary(p => Signal(p.Key), p => Duration(p.Value));
        Dictionary<EvictionSignal, ThresholdValue> reclaims = minimumReclaims.ToDictionary(
            p => Signal(p.Key), p => Value(p.Value, "eviction percentage minimum reclaim", p.Key, mayBeZero: true));
        List<EvictionThreshold> all = [.. Statements(hard)];
        foreach (EvictionThreshold threshold in Statements(soft))
        {
            all.Add(threshold with
            {
                GracePeriod = graces.TryGetValue(threshold.Signal, out TimeSpan grace)
                    ? grace
                    : throw new ThresholdException($"grace period must be specified for the soft eviction threshold {threshold.Signal.Name()}"),
            });
        }

        all = [.. all.Select(t => reclaims.TryGetValue(t.Signal, out ThresholdValue reclaim) ? t with { MinimumReclaim = reclaim } : t)];
        return [.. all, .. all.Where(t => t is { Signal: EvictionSignal.MemoryAvailable, IsHard: true })
            .Select(t => t with { Signal = EvictionSignal.AllocatableMemoryAvailable })];
    }

    private static IEnumerable<EvictionThreshold> Statements(IReadOnlyDictionary<string, string> statements)
    {
        foreach ((string name, string text) in statements.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            EvictionSignal signal = Signal(name);
            // 0% and 100% switch the threshold off.
            if (text is not ("0%" or "100%"))
            {
                yield return new EvictionThreshold(signal, Value(text, "eviction threshold", name, mayBeZero: false));
            }
        }
    }

    private static EvictionSignal Signal(string name) =>
        EvictionSignals.Find(name) ?? throw new ThresholdException($"unsupported eviction signal {name}");

    private static ThresholdValue Value(string text, string what, string signal, bool mayBeZero)
    {
        if (text.EndsWith('%'))
        {
            return float.TryParse(text.AsSpan().TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out float percent) && percent > 0 && percent < 100
                ? new ThresholdValue(null, percent / 100)
                : throw new ThresholdException($"{what} {signal} must be a percentage between 0 and 100: {text}");
        }

        return Quantity.TryParse(text, out Quantity quantity) && (quantity.Sign > 0 || (mayBeZero && quantity.IsZero))
            ? new ThresholdValue(quantity, 0)
            : throw new ThresholdException($"{what} {signal} must be positive: {text}");
    }

    private static TimeSpan Duration(string text) => PodWorkers.GoDuration.TryParse(text, out TimeSpan value) && value >= TimeSpan.Zero
        ? value
        : throw new ThresholdException($"invalid eviction grace period specified: {text}, must be a positive value");
}
