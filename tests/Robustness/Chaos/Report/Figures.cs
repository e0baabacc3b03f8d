using Kube.Robustness.Chaos.Faults;
using Kube.Robustness.Chaos.Workload;
using Kube.Robustness.Checking;

namespace Kube.Robustness.Chaos.Report;

/// <summary>A time in which no write was acknowledged.</summary>
internal readonly record struct Gap(TimeSpan From, TimeSpan To)
{
    public TimeSpan Length => To - From;
}

/// <summary>How long a leader's death kept the store from acknowledging new writes.</summary>
/// <param name="At">When it was killed.</param>
/// <param name="Took">From then to the first acknowledgement of a write invoked after it.</param>
/// <param name="IsAlone">Whether no other fault was in force meanwhile.</param>
internal sealed record Failover(TimeSpan At, TimeSpan Took, bool IsAlone);

/// <summary>Latencies of one kind of work, in milliseconds.</summary>
internal sealed record Latency(string Kind, int Count, double P50Ms, double P90Ms, double P99Ms, double MaxMs);

/// <summary>What is counted and measured from a run's operations and faults.</summary>
internal sealed class Figures
{
    private Figures()
    {
    }

    public int Completed { get; private init; }

    public int Refused { get; private init; }

    public int Unknown { get; private init; }

    public int AcknowledgedWrites { get; private init; }

    /// <summary>Completed operations a second.</summary>
    public double Rate { get; private init; }

    /// <summary>The longest time without an acknowledged write, whatever was broken.</summary>
    public Gap LongestGap { get; private init; }

    /// <summary>The longest while a majority was up and connected: what the store answers for.</summary>
    public Gap LongestGapWithMajority { get; private init; }

    public IReadOnlyList<Failover> Failovers { get; private init; } = [];

    public IReadOnlyList<Latency> Latencies { get; private init; } = [];

    public IReadOnlyList<(string Kind, int Count)> FaultCounts { get; private init; } = [];

    public static Figures Of(IReadOnlyList<LedgerEntry> operations, IReadOnlyList<FaultRecord> faults, TimeSpan length)
    {
        var acknowledged = operations.Where(Ledger.IsAcknowledgedWrite).OrderBy(entry => entry.Returned).ToList();
        var gaps = acknowledged.Zip(acknowledged.Skip(1), (before, after) => new Gap(before.Returned, after.Returned)).ToList();
        var completed = operations.Count(entry => entry.Outcome == Outcome.Completed);
        var injected = faults.Where(fault => fault.Skipped is null).ToList();
        return new Figures
        {
            Completed = completed,
            Refused = operations.Count(entry => entry.Outcome == Outcome.Refused),
            Unknown = operations.Count(entry => entry.Outcome == Outcome.Unknown),
            AcknowledgedWrites = acknowledged.Count,
            Rate = completed / Math.Max(length.TotalSeconds, 1),
            LongestGap = gaps.DefaultIfEmpty().MaxBy(gap => gap.Length),
            LongestGapWithMajority = gaps.Where(gap => !injected.Any(fault => fault.TakesMajority && Overlaps(gap, fault)))
                .DefaultIfEmpty().MaxBy(gap => gap.Length),
            Failovers = [.. injected.Where(fault => fault.KilledLeader).Select(fault => FailoverOf(fault, acknowledged, injected)).OfType<Failover>()],
            Latencies = [.. Enum.GetValues<WorkKind>().Select(kind => LatencyOf(kind, operations)).OfType<Latency>()],
            FaultCounts = [.. injected.GroupBy(fault => fault.Kind).Select(group => (group.Key, group.Count())).OrderBy(pair => pair.Key, StringComparer.Ordinal)],
        };
    }

    private static bool Overlaps(Gap gap, FaultRecord fault) =>
        fault.Begun <= gap.To && (fault.Recovered ?? fault.Healed ?? TimeSpan.MaxValue) >= gap.From;

    private static Failover? FailoverOf(FaultRecord kill, List<LedgerEntry> acknowledged, List<FaultRecord> faults)
    {
        var after = acknowledged.Where(entry => entry.Invoked >= kill.Injected).ToList();
        if (after.Count == 0)
        {
            return null;
        }

        var first = after.Min(entry => entry.Returned);
        return new Failover(
            kill.Injected, first - kill.Injected, !faults.Any(fault => fault != kill && Overlaps(new Gap(kill.Injected, first), fault)));
    }

    private static Latency? LatencyOf(WorkKind kind, IReadOnlyList<LedgerEntry> operations)
    {
        var times = operations.Where(entry => entry.Kind == kind && entry.Outcome == Outcome.Completed)
            .Select(entry => (entry.Returned - entry.Invoked).TotalMilliseconds).Order().ToArray();
        double At(double quantile) => times[Math.Min((int)(times.Length * quantile), times.Length - 1)];
        return times.Length == 0 ? null : new Latency(Name(kind), times.Length, At(0.5), At(0.9), At(0.99), times[^1]);
    }

    private static string Name(WorkKind kind) => kind switch
    {
        WorkKind.Write => "put, delete",
        WorkKind.Txn => "transaction",
        WorkKind.Read => "linearizable read",
        WorkKind.StaleRead => "serializable read",
        _ => "lease, compaction",
    };
}
