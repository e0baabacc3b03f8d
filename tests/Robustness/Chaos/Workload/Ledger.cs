using Kube.Robustness.Checking;

namespace Kube.Robustness.Chaos.Workload;

/// <summary>What kind of work an operation is, for rates and latencies.</summary>
internal enum WorkKind
{
    Write,
    Txn,
    Read,
    StaleRead,
    Lease,
}

/// <summary>One operation's times and end.</summary>
internal readonly record struct LedgerEntry(WorkKind Kind, TimeSpan Invoked, TimeSpan Returned, Outcome Outcome);

/// <summary>When every operation began and ended: what the report's figures are made of. Safe for use from many threads.</summary>
internal sealed class Ledger
{
    private readonly Lock _gate = new();
    private readonly List<LedgerEntry> _entries = [];
    private long _lastAckTicks;

    /// <summary>When the latest write was acknowledged.</summary>
    public TimeSpan LastAcknowledgedWrite => new(Volatile.Read(ref _lastAckTicks));

    public void Add(LedgerEntry entry)
    {
        lock (_gate)
        {
            _entries.Add(entry);
            if (IsAcknowledgedWrite(entry))
            {
                _lastAckTicks = Math.Max(_lastAckTicks, entry.Returned.Ticks);
            }
        }
    }

    /// <summary>All so far, in the order in which they ended.</summary>
    public IReadOnlyList<LedgerEntry> Snapshot()
    {
        lock (_gate)
        {
            return [.. _entries];
        }
    }

    public static bool IsAcknowledgedWrite(LedgerEntry entry) =>
        entry is { Outcome: Outcome.Completed, Kind: WorkKind.Write or WorkKind.Txn };
}
