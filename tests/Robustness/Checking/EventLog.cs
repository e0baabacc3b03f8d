using System.Diagnostics.CodeAnalysis;

namespace Kube.Robustness.Checking;

/// <summary>What the watches on all keys saw, put together: the changes of each revision.</summary>
internal sealed class EventLog
{
    private readonly Dictionary<long, List<ChangeEvent>> _byRevision = [];

    /// <summary>The last revision seen, 0 for none.</summary>
    public long Last { get; private set; }

    public bool TryGet(long revision, [NotNullWhen(true)] out IReadOnlyList<ChangeEvent>? changes)
    {
        var found = _byRevision.TryGetValue(revision, out var list);
        changes = list;
        return found;
    }

    public static EventLog Build(History history, CheckReport report)
    {
        var log = new EventLog();
        foreach (var watch in history.Watches.Where(w => w.Keys.IsAll))
        {
            // A part of a revision whose other parts never came says nothing of the whole.
            var whole = watch.Deliveries.SelectMany(d => d.Events).Where(e => e.Revision <= watch.Position);
            foreach (var revision in whole.GroupBy(e => e.Revision))
            {
                log.Add(watch, revision.Key, [.. revision.DistinctBy(e => e.Kv.Key)], report);
            }
        }

        return log;
    }

    private void Add(WatchRecord watch, long revision, List<ChangeEvent> changes, CheckReport report)
    {
        Last = Math.Max(Last, revision);
        if (_byRevision.TryAdd(revision, changes))
        {
            return;
        }

        if (!Effects.AreSame(_byRevision[revision], changes))
        {
            report.Add(
                Guarantee.WatchAgreement,
                $"revision {revision} is {Effects.Describe(_byRevision[revision])} to one and {Effects.Describe(changes)} to {watch}");
        }
    }
}
