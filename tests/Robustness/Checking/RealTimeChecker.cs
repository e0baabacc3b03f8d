namespace Kube.Robustness.Checking;

/// <summary>
/// Sees that the order of revisions agrees with the order of time: with the answers being right at their revisions, that is
/// linearizability. A serializable read may be old; it tells others how far the store was all the same.
/// </summary>
internal sealed class RealTimeChecker(History history, Knowledge knowledge, CheckReport report)
{
    public void Check()
    {
        foreach (var operation in history.Operations)
        {
            switch (operation.Outcome)
            {
                case Outcome.Completed:
                    CheckAnswer(operation);
                    break;
                case Outcome.Refused when operation.Op is RangeOp { Revision: > 0 } range:
                    CheckRefusal(operation, range);
                    break;
            }
        }
    }

    private void CheckAnswer(Operation operation)
    {
        if (operation.Op is LeaseGrantOp or LeaseKeepAliveOp or RangeOp { IsSerializable: true })
        {
            return;
        }

        var known = knowledge.Before(operation.Invoked);
        var revision = operation.Result!.Revision;
        if (revision < known || (revision == known && Effects.ChangedKeys(operation)))
        {
            report.Add(
                Guarantee.RealTimeOrder, $"{operation} took effect at revision {revision}, though revision {known} had been told of before it was asked for");
        }
    }

    private void CheckRefusal(Operation operation, RangeOp range)
    {
        if (operation.Refusal.Contains("future revision", StringComparison.Ordinal))
        {
            var known = knowledge.Before(operation.Invoked);
            if (!range.IsSerializable && range.Revision <= known)
            {
                report.Add(
                    Guarantee.RealTimeOrder, $"{operation}, though revision {known} had been told of before it was asked for");
            }
        }
        else if (operation.Refusal.Contains("has been compacted", StringComparison.Ordinal)
            && CompactionAskedBefore(operation.Returned) <= range.Revision)
        {
            report.Add(Guarantee.CompactionBound, $"{operation}, though nobody had asked to compact that far");
        }
    }

    private long CompactionAskedBefore(TimeSpan moment) => history.Operations
        .Where(o => o.Op is CompactOp && o.Invoked <= moment && o.Outcome != Outcome.Refused).Select(o => ((CompactOp)o.Op).Revision).DefaultIfEmpty().Max();
}
