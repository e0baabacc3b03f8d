namespace Kube.Robustness.Checking;

/// <summary>
/// How far the store was known to be at each moment: what some client had been told before. Whatever is invoked later takes
/// place at that revision or behind it.
/// </summary>
internal sealed class Knowledge
{
    private readonly List<(TimeSpan At, long Revision)> _known = [];

    public Knowledge(History history)
    {
        foreach (var operation in history.Operations)
        {
            // The header of a lease's answer is filled in by whichever member gives it.
            if (operation is { Outcome: Outcome.Completed, Result: { } result } and { Op: not (LeaseGrantOp or LeaseKeepAliveOp) })
            {
                _known.Add((operation.Returned, result.Revision));
            }
        }

        foreach (var delivery in history.Watches.SelectMany(w => w.Deliveries))
        {
            _known.Add((delivery.At, delivery.Events.Count > 0 ? delivery.Events[^1].Revision : delivery.HeaderRevision));
        }

        _known.Sort();
        long most = 0;
        for (var i = 0; i < _known.Count; i++)
        {
            most = Math.Max(most, _known[i].Revision);
            _known[i] = (_known[i].At, most);
        }
    }

    /// <summary>The last revision that anyone knew of.</summary>
    public long Last => _known.Count == 0 ? 1 : _known[^1].Revision;

    /// <summary>The last revision that someone had been told of before this moment, 1 at the start.</summary>
    public long Before(TimeSpan moment)
    {
        var low = 0;
        var high = _known.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_known[middle].At < moment)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? 1 : Math.Max(1, _known[low - 1].Revision);
    }

    /// <summary>When anyone was first told of this revision or a later one; never is the largest time there is.</summary>
    public TimeSpan FirstSeen(long revision)
    {
        var low = 0;
        var high = _known.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_known[middle].Revision < revision)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == _known.Count ? TimeSpan.MaxValue : _known[low].At;
    }
}
