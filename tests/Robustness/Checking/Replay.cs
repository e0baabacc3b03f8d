namespace Kube.Robustness.Checking;

/// <summary>
/// Goes through the revisions in order, with the model beside it: finds out what made each, and compares every answer with
/// what the model answers at its revision.
/// </summary>
internal sealed class Replay
{
    private readonly History _history;
    private readonly Knowledge _knowledge;
    private readonly EventLog _log;
    private readonly LeaseChecker _leases;
    private readonly CheckReport _report;
    private readonly KvModel _model = new();
    private readonly Dictionary<long, Operation> _writers = [];
    private readonly Dictionary<long, List<Operation>> _readers = [];
    private readonly List<Operation> _unknown;
    private readonly List<IReadOnlyList<ChangeEvent>> _changes = [[], []];
    private readonly List<Slot> _slots = [];
    private readonly Dictionary<string, Operation> _putsByValue = [];

    public Replay(History history, Knowledge knowledge, EventLog log, LeaseChecker leases, CheckReport report)
    {
        _history = history;
        _knowledge = knowledge;
        _log = log;
        _leases = leases;
        _report = report;
        _unknown = [.. history.Operations.Where(o => o.Outcome == Outcome.Unknown && Effects.CouldChangeKeys(o.Op))];
        foreach (var operation in history.Operations.Where(o => o.Outcome == Outcome.Completed))
        {
            Place(operation);
        }
    }

    /// <summary>The last revision whose changes are known without a gap before it.</summary>
    public long Last => _changes.Count - 1;

    /// <summary>What a revision changed, up to <see cref="Last"/>; with the version before each change.</summary>
    public IReadOnlyList<ChangeEvent> ChangesAt(long revision) => _changes[(int)revision];

    public void Run()
    {
        var last = Math.Max(Math.Max(_log.Last, _knowledge.Last), _writers.Count == 0 ? 1 : _writers.Keys.Max());
        _report.LastRevision = last;
        Answer(1);
        for (long revision = 2; revision <= last; revision++)
        {
            if (ChangesOf(revision) is not { } changes)
            {
                _report.Add(
                    Guarantee.Incomplete,
                    $"revision {revision} of {last} was seen by no watch on all keys and acknowledged to nobody; nothing behind it is checked");
                return;
            }

            _model.Apply(changes);
            _changes.Add(changes);
            Answer(revision);
            _leases.CheckRevoked(revision, _model);
        }

        ExplainSlots();
    }

    private void Place(Operation operation)
    {
        var result = operation.Result!;
        if (Effects.ChangedKeys(operation))
        {
            if (!_writers.TryAdd(result.Revision, operation))
            {
                _report.Add(
                    Guarantee.NoWriteFromNowhere,
                    $"revision {result.Revision} was acknowledged for two: {_writers[result.Revision]} and {operation}");
            }

            return;
        }

        if (operation.Op is LeaseGrantOp or LeaseKeepAliveOp or LeaseRevokeOp)
        {
            return;
        }

        var revision = operation.Op is RangeOp { Revision: > 0 } old ? old.Revision : result.Revision;
        if (!_readers.TryGetValue(revision, out var readers))
        {
            _readers.Add(revision, readers = []);
        }

        readers.Add(operation);
    }

    /// <summary>The changes of the next revision, null when nothing tells.</summary>
    private IReadOnlyList<ChangeEvent>? ChangesOf(long revision)
    {
        var isSeen = _log.TryGet(revision, out var seen);
        if (_writers.TryGetValue(revision, out var writer))
        {
            var (result, changes) = _model.Try(writer.Op);
            if (isSeen && !Effects.AreSame(changes, seen!))
            {
                _report.Add(
                    Guarantee.NoLostWrite, $"{writer} should have made {Effects.Describe(changes)}, but the watches saw {Effects.Describe(seen!)}");
                return WithPrevious(seen!);
            }

            Compare(writer, result);
            return changes;
        }

        if (!isSeen)
        {
            return null;
        }

        _slots.Add(new Slot(revision, seen!, CandidatesFor(revision, seen!), _leases.EndOf(seen!, _model)));
        return WithPrevious(seen!);
    }

    private ChangeEvent[] WithPrevious(IReadOnlyList<ChangeEvent> changes) =>
        [.. changes.Select(c => c with { Previous = _model.Get(c.Kv.Key) })];

    private int[] CandidatesFor(long revision, IReadOnlyList<ChangeEvent> changes)
    {
        var seenAt = _knowledge.FirstSeen(revision);
        var candidates = new List<int>();
        for (var i = 0; i < _unknown.Count; i++)
        {
            var operation = _unknown[i];
            if (operation.Invoked <= seenAt && CouldTouch(operation.Op, changes) && _knowledge.Before(operation.Invoked) < revision
                && Effects.AreSame(_model.Try(operation.Op).Changes, changes))
            {
                candidates.Add(i);
            }
        }

        return [.. candidates];
    }

    /// <summary>Spares most operations the model: a value put is in one of them only.</summary>
    private static bool CouldTouch(KvOp op, IReadOnlyList<ChangeEvent> changes) => op switch
    {
        PutOp put => changes.Count == 1 && changes[0].Kv.Value == put.Value,
        DeleteOp delete => changes.All(c => c.IsDelete && delete.Keys.Contains(c.Kv.Key)),
        _ => true,
    };

    /// <summary>Finds an operation without answer, or the end of a lease, for every revision that no answer explains.</summary>
    private void ExplainSlots()
    {
        var leases = _slots.Where(s => s.Lease != 0).Select(s => s.Lease).Distinct().ToList();
        var matching = new Matching(_unknown.Count + leases.Count);
        foreach (var slot in _slots)
        {
            var isEarly = slot.Lease != 0 && _leases.IsEarly(slot.Lease, _knowledge.FirstSeen(slot.Revision), out _);
            int[] edges = slot.Lease != 0 && !isEarly ? [.. slot.Candidates, _unknown.Count + leases.IndexOf(slot.Lease)] : slot.Candidates;
            if (!matching.TryAdd(edges))
            {
                ReportUnexplained(slot);
            }
        }

        for (var i = 0; i < _unknown.Count; i++)
        {
            _report.UnknownThatTookEffect += matching.PartnerOf(i) >= 0 ? 1 : 0;
        }

        for (var i = 0; i < leases.Count; i++)
        {
            _report.LeasesEnded += matching.PartnerOf(_unknown.Count + i) >= 0 ? 1 : 0;
        }
    }

    private void ReportUnexplained(Slot slot)
    {
        if (slot.Lease != 0 && _leases.IsEarly(slot.Lease, _knowledge.FirstSeen(slot.Revision), out var why))
        {
            _report.Add(Guarantee.LeaseNotEarly, $"revision {slot.Revision} ends lease {slot.Lease:x}: {why}");
            return;
        }

        var origin = slot.Changes.Select(c => OriginOf(c.Kv.Value)).FirstOrDefault(o => o is not null);
        _report.Add(
            Guarantee.NoWriteFromNowhere,
            $"revision {slot.Revision} {Effects.Describe(slot.Changes)} comes from no operation that could have made it"
            + (origin is null ? "" : $"; its value is that of {origin}"));
    }

    private Operation? OriginOf(string value)
    {
        if (_putsByValue.Count == 0)
        {
            foreach (var operation in _history.Operations)
            {
                NoteValues(operation.Op, operation);
            }
        }

        return value.Length == 0 ? null : _putsByValue.GetValueOrDefault(value);
    }

    private void NoteValues(KvOp op, Operation operation)
    {
        switch (op)
        {
            case PutOp put:
                _putsByValue[put.Value] = operation;
                break;
            case TxnOp txn:
                foreach (var part in txn.Success.Concat(txn.Failure))
                {
                    NoteValues(part, operation);
                }

                break;
        }
    }

    /// <summary>Compares the answers that were given at a revision with the model there.</summary>
    private void Answer(long revision)
    {
        if (_readers.TryGetValue(revision, out var readers))
        {
            foreach (var reader in readers)
            {
                Compare(reader, _model.Try(reader.Op).Result);
            }
        }
    }

    private void Compare(Operation operation, KvResult expected)
    {
        if (!AreEqual(expected, operation.Result!))
        {
            _report.Add(Guarantee.RightAnswer, $"{operation}: at that revision the answer is {Operation.Describe(expected)}");
        }
    }

    private static bool AreEqual(KvResult expected, KvResult actual) => (expected, actual) switch
    {
        (RangeResult one, RangeResult other) => one.Count == other.Count && one.Kvs.SequenceEqual(other.Kvs),
        (DeleteResult one, DeleteResult other) => one.Deleted == other.Deleted,
        (TxnResult one, TxnResult other) => one.Succeeded == other.Succeeded && one.Results.Count == other.Results.Count
            && one.Results.Zip(other.Results).All(p => AreEqual(p.First, p.Second)),
        _ => expected.GetType() == actual.GetType(),
    };

    private sealed record Slot(long Revision, IReadOnlyList<ChangeEvent> Changes, int[] Candidates, long Lease);
}
