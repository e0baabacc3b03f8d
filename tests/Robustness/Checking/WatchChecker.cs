namespace Kube.Robustness.Checking;

/// <summary>Checks what one watch delivered against the changes that there were.</summary>
internal sealed class WatchChecker(WatchRecord watch, Replay replay, History history, CheckReport report)
{
    private readonly HashSet<(long, string)> _seen = [];
    private long _last;
    private long _progress;
    private bool _lastGoesOn;

    public void Check()
    {
        foreach (var delivery in watch.Deliveries)
        {
            if (delivery.Events.Count > 0)
            {
                CheckEvents(delivery);
            }
            else if (delivery.IsProgress)
            {
                CheckProgress(delivery);
            }
        }

        CheckNothingIsMissing();
        CheckCancellation();
    }

    private void CheckEvents(WatchRecord.Delivery delivery)
    {
        if (!_lastGoesOn && delivery.Events[0].Revision == _last)
        {
            Report(Guarantee.WatchAtomic, $"revision {_last} comes in two responses");
        }

        foreach (var change in delivery.Events)
        {
            CheckPlace(change);
            _last = Math.Max(_last, change.Revision);
            if (!_seen.Add((change.Revision, change.Kv.Key)))
            {
                Report(Guarantee.WatchUnique, $"{change} comes twice");
            }

            if (watch.WithPrevious)
            {
                CheckPrevious(change);
            }
        }

        _lastGoesOn = delivery.IsFragment;
    }

    private void CheckPlace(ChangeEvent change)
    {
        if (change.Revision < _last)
        {
            Report(Guarantee.WatchOrdered, $"{change} comes after revision {_last}");
        }

        if (change.Revision <= _progress)
        {
            Report(Guarantee.WatchBookmarkable, $"{change} comes after the progress notification of {_progress}");
        }

        if (change.Revision < watch.FirstRevision)
        {
            Report(Guarantee.WatchResumable, $"{change} comes from before the start");
        }

        if (!watch.Keys.Contains(change.Kv.Key))
        {
            Report(Guarantee.WatchReliable, $"{change} is of no key that was asked for");
        }
        else if (change.Revision <= replay.Last && !replay.ChangesAt(change.Revision).Any(change.IsSameChange))
        {
            Report(Guarantee.WatchReliable, $"{change} never happened: that revision is {Effects.Describe(replay.ChangesAt(change.Revision))}");
        }
    }

    private void CheckPrevious(ChangeEvent change)
    {
        if (change.Revision > replay.Last)
        {
            return;
        }

        var previous = replay.ChangesAt(change.Revision).FirstOrDefault(change.IsSameChange)?.Previous;
        var isCompacted = change.Previous is null && history.Operations.Any(o => o.Op is CompactOp compact && compact.Revision >= change.Revision);
        if (!isCompacted && change.Previous != previous)
        {
            Report(Guarantee.WatchPrevious, $"{change} comes with {change.Previous?.ToString() ?? "nothing"} before it, which was {previous?.ToString() ?? "nothing"}");
        }
    }

    private void CheckProgress(WatchRecord.Delivery delivery)
    {
        if (delivery.HeaderRevision < _last)
        {
            Report(Guarantee.WatchOrdered, $"progress {delivery.HeaderRevision} comes after revision {_last}");
        }

        _progress = Math.Max(_progress, delivery.HeaderRevision);
    }

    private void CheckNothingIsMissing()
    {
        var to = Math.Min(watch.Position, replay.Last);
        for (var revision = Math.Max(2, watch.FirstRevision); watch.CreatedRevision != 0 && revision <= to; revision++)
        {
            foreach (var change in replay.ChangesAt(revision))
            {
                if (watch.Keys.Contains(change.Kv.Key) && !_seen.Contains((revision, change.Kv.Key)))
                {
                    Report(revision > _last ? Guarantee.WatchBookmarkable : Guarantee.WatchReliable, $"{change} never came, though the watch has come to {watch.Position}");
                }
            }
        }
    }

    private void CheckCancellation()
    {
        if (watch.CompactRevision == 0)
        {
            return;
        }

        var asked = history.Operations.Where(o => o.Op is CompactOp && o.Outcome != Outcome.Refused && o.Invoked <= watch.Cancelled)
            .Select(o => ((CompactOp)o.Op).Revision).DefaultIfEmpty().Max();
        if (watch.CompactRevision > asked)
        {
            Report(Guarantee.CompactionBound, $"it was ended because of a compaction to {watch.CompactRevision}; no more than {asked} had been asked for");
        }
        else if (Math.Max(watch.Position + 1, watch.FirstRevision) >= watch.CompactRevision && watch.CreatedRevision != 0)
        {
            Report(Guarantee.WatchResumable, $"it was ended because of a compaction to {watch.CompactRevision}, which it had passed");
        }
    }

    private void Report(Guarantee guarantee, string message) => report.Add(guarantee, $"{watch}: {message}");
}
