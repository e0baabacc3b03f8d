namespace Kube.Robustness.Checking;

/// <summary>
/// Checks the history of a run against what an etcd-like store promises: linearizability, watches, leases.
/// </summary>
/// <remarks>
/// Every answer carries the revision of the store at which it was true, and every change has a revision of its own. So the
/// order in which operations took effect need not be searched for: it is written down, and what remains is to replay it,
/// to compare every answer, and to see that it agrees with real time. For a history without lost answers this is exact.
/// A change that no answer explains has to come from an operation without answer (each can explain one) or the end of
/// a lease; which from which is a bipartite matching.
/// </remarks>
public static class HistoryChecker
{
    public static CheckReport Check(History history, CheckOptions? options = null)
    {
        options ??= new CheckOptions();
        var report = new CheckReport();
        Count(history, report);
        var knowledge = new Knowledge(history);
        var log = EventLog.Build(history, report);
        var leases = new LeaseChecker(history, knowledge, options, report);
        var replay = new Replay(history, knowledge, log, leases, report);
        replay.Run();
        new RealTimeChecker(history, knowledge, report).Check();
        foreach (var watch in history.Watches)
        {
            new WatchChecker(watch, replay, history, report).Check();
        }

        leases.CheckRefusals();
        return report;
    }

    private static void Count(History history, CheckReport report)
    {
        foreach (var operation in history.Operations)
        {
            switch (operation.Outcome)
            {
                case Outcome.Completed:
                    report.Completed++;
                    report.AcknowledgedWrites += Effects.ChangedKeys(operation) ? 1 : 0;
                    break;
                case Outcome.Refused:
                    report.Refused++;
                    break;
                default:
                    report.Unknown++;
                    break;
            }
        }

        report.Watches = history.Watches.Count;
        report.EventsDelivered = history.Watches.Sum(w => w.Deliveries.Sum(d => (long)d.Events.Count));
    }
}
