using Kube.Robustness.Checking;

namespace Kube.Robustness.Tests;

/// <summary>
/// Linearizability by its definition: tries every order of the operations that real time admits (Wing and Gong, 1993). A
/// delivery of the watch is an operation that saw its revision at any time before. For small histories only.
/// </summary>
internal sealed class SearchingTwin
{
    private readonly List<Step> _steps = [];
    private readonly IReadOnlyList<ChangeEvent[]> _log;
    private readonly HashSet<(ulong Done, long Revision)> _failed = [];

    public SearchingTwin(RandomRun run)
    {
        _log = run.Log;
        foreach (var operation in run.History.Operations)
        {
            var isRead = operation.Op is RangeOp { IsSerializable: true };
            _steps.Add(new Step(operation.Op, operation.Result, isRead ? TimeSpan.MinValue : operation.Invoked,
                operation.Outcome == Outcome.Completed ? operation.Returned : TimeSpan.MaxValue, 0));
        }

        foreach (var (events, at) in run.Deliveries)
        {
            _steps.Add(new Step(null, null, TimeSpan.MinValue, RandomRun.Seconds(at), events[^1].Revision));
        }
    }

    public bool CanBeOrdered() => Search(new KvModel(), 0);

    private bool Search(KvModel model, ulong done)
    {
        var open = Enumerable.Range(0, _steps.Count).Where(i => (done & (1UL << i)) == 0).ToArray();
        if (open.All(i => _steps[i].Returned == TimeSpan.MaxValue) && model.Revision - 1 == _log.Count)
        {
            return true;
        }

        if (!_failed.Add((done, model.Revision)))
        {
            return false;
        }

        var firstReturn = open.Length == 0 ? TimeSpan.MaxValue : open.Min(i => _steps[i].Returned);
        return open.Where(i => _steps[i].Invoked <= firstReturn).Any(i => Take(model, done | (1UL << i), _steps[i]));
    }

    private bool Take(KvModel model, ulong done, Step step)
    {
        if (step.Op is null)
        {
            return model.Revision >= step.SeenRevision && Search(model, done);
        }

        var (result, changes) = model.Try(step.Op);
        if (step.Result is not null && !AreEqual(result, step.Result))
        {
            return false;
        }

        if (changes.Count == 0)
        {
            return Search(model, done);
        }

        if (model.Revision - 1 >= _log.Count || !_log[(int)model.Revision - 1].SequenceEqual(changes))
        {
            return false;
        }

        var next = model.Copy();
        next.Apply(changes);
        return Search(next, done);
    }

    private static bool AreEqual(KvResult expected, KvResult actual) => expected.Revision == actual.Revision && HaveEqualContent(expected, actual);

    private static bool HaveEqualContent(KvResult expected, KvResult actual) => (expected, actual) switch
    {
        (RangeResult one, RangeResult other) => one.Count == other.Count && one.Kvs.SequenceEqual(other.Kvs),
        (DeleteResult one, DeleteResult other) => one.Deleted == other.Deleted,
        (TxnResult one, TxnResult other) => one.Succeeded == other.Succeeded && one.Results.Zip(other.Results).All(p => HaveEqualContent(p.First, p.Second)),
        _ => true,
    };

    private readonly record struct Step(KvOp? Op, KvResult? Result, TimeSpan Invoked, TimeSpan Returned, long SeenRevision);
}
