namespace Kube.Robustness.Checking;

/// <summary>
/// The store as a client may think of it: keys in a sorted table and one number. What an operation does to it is what
/// etcd's documentation says, in the plainest way.
/// </summary>
public sealed class KvModel
{
    private readonly SortedDictionary<string, KeyValue> _keys = new(StringComparer.Ordinal);

    /// <summary>The last revision, 1 for a store that was never written to.</summary>
    public long Revision { get; private set; } = 1;

    public KeyValue? Get(string key) => _keys.GetValueOrDefault(key);

    /// <summary>What an operation would answer and change, if it were the next; nothing is changed.</summary>
    public (KvResult Result, IReadOnlyList<ChangeEvent> Changes) Try(KvOp op)
    {
        var draft = new Draft(this);
        var result = draft.Run(op);
        return (draft.Changes.Count > 0 ? result with { Revision = Revision + 1 } : result, draft.Changes);
    }

    /// <summary>Makes the changes of the next revision.</summary>
    public void Apply(IReadOnlyList<ChangeEvent> changes)
    {
        Revision++;
        foreach (var change in changes)
        {
            if (change.IsDelete)
            {
                _keys.Remove(change.Kv.Key);
            }
            else
            {
                _keys[change.Kv.Key] = change.Kv;
            }
        }
    }

    /// <summary>The keys that hang on a lease.</summary>
    public IReadOnlyList<string> KeysOf(long lease) => [.. _keys.Values.Where(kv => kv.Lease == lease).Select(kv => kv.Key)];

    /// <summary>Copies the present state, for a search that tries several futures.</summary>
    public KvModel Copy()
    {
        var copy = new KvModel { Revision = Revision };
        foreach (var (key, value) in _keys)
        {
            copy._keys.Add(key, value);
        }

        return copy;
    }

    /// <summary>One operation under way: what it has changed already lies over the model.</summary>
    private sealed class Draft(KvModel model)
    {
        private readonly Dictionary<string, KeyValue?> _changed = [];

        public List<ChangeEvent> Changes { get; } = [];

        public KvResult Run(KvOp op) => op switch
        {
            PutOp put => Put(put),
            DeleteOp delete => Delete(delete),
            RangeOp range => Range(range),
            TxnOp txn => Txn(txn),
            CompactOp => new CompactResult(model.Revision),
            _ => throw new ArgumentException($"the key model does not know {op.GetType().Name}", nameof(op)),
        };

        private long NextRevision => model.Revision + 1;

        private KeyValue? Get(string key) => _changed.TryGetValue(key, out var changed) ? changed : model.Get(key);

        private PutResult Put(PutOp put)
        {
            var before = Get(put.Key);
            var after = new KeyValue(put.Key, put.Value, before?.CreateRevision ?? NextRevision, NextRevision, (before?.Version ?? 0) + 1, put.Lease);
            Change(new ChangeEvent(after, IsDelete: false, before));
            return new PutResult(model.Revision);
        }

        private DeleteResult Delete(DeleteOp delete)
        {
            var found = Find(delete.Keys);
            foreach (var kv in found)
            {
                Change(new ChangeEvent(new KeyValue(kv.Key, "", 0, NextRevision, 0), IsDelete: true, kv));
            }

            return new DeleteResult(model.Revision, found.Count);
        }

        private RangeResult Range(RangeOp range)
        {
            var found = Find(range.Keys);
            return new RangeResult(model.Revision, range.Limit > 0 && found.Count > range.Limit ? found[..(int)range.Limit] : found, found.Count);
        }

        private TxnResult Txn(TxnOp txn)
        {
            var succeeded = txn.Compares.All(Holds);
            var results = (succeeded ? txn.Success : txn.Failure).Select(Run).ToArray();
            return new TxnResult(model.Revision, succeeded, results);
        }

        private bool Holds(Comparison comparison)
        {
            var kv = model.Get(comparison.Key);
            if (comparison.Target == CompareTarget.Value)
            {
                return kv is not null && Holds(comparison.Relation, string.CompareOrdinal(kv.Value, comparison.Value));
            }

            var actual = comparison.Target switch
            {
                CompareTarget.Version => kv?.Version ?? 0,
                CompareTarget.CreateRevision => kv?.CreateRevision ?? 0,
                _ => kv?.ModRevision ?? 0,
            };
            return Holds(comparison.Relation, actual.CompareTo(comparison.Number));
        }

        private static bool Holds(CompareRelation relation, int order) => relation switch
        {
            CompareRelation.Equal => order == 0,
            CompareRelation.Greater => order > 0,
            CompareRelation.Less => order < 0,
            _ => order != 0,
        };

        private List<KeyValue> Find(KeySpan keys)
        {
            if (keys.IsSingle)
            {
                return Get(keys.Start) is { } one ? [one] : [];
            }

            var found = new SortedDictionary<string, KeyValue>(StringComparer.Ordinal);
            foreach (var (key, kv) in model._keys)
            {
                if (keys.Contains(key))
                {
                    found[key] = kv;
                }
            }

            foreach (var (key, kv) in _changed.Where(c => keys.Contains(c.Key)))
            {
                if (kv is null)
                {
                    found.Remove(key);
                }
                else
                {
                    found[key] = kv;
                }
            }

            return [.. found.Values];
        }

        private void Change(ChangeEvent change)
        {
            Changes.Add(change);
            _changed[change.Kv.Key] = change.IsDelete ? null : change.Kv;
        }
    }
}
