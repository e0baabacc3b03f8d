using Etcd.V3;
using Kube.Base;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Apply;

/// <summary>Runs a transaction that writes nothing, beside the applying thread.</summary>
public static class ReadOnlyTxn
{
    /// <returns>
    /// A <see cref="TxnResponse"/>, or a <see cref="TxnAnswer"/> when the request is one of those that are answered late, its header
    /// holding the revision alone, or an <see cref="EtcdError"/>.
    /// </returns>
    public static object Run(TxnRequest request, StoreStateMachine machine)
    {
        while (true)
        {
            try
            {
                if (TryRun(request, machine) is { } result)
                {
                    return result;
                }
            }
            catch (ValueGoneException)
            {
                // Compaction has passed what was read.
            }
        }
    }

    private static object? TryRun(TxnRequest request, StoreStateMachine machine)
    {
        var view = machine.Store.BeginRead();
        var reader = new Reader(view);
        var plan = TxnPlan.Make(request, reader, machine.Store);
        object result;
        if (plan.Check(machine.Leases) is { } error)
        {
            result = error;
        }
        else
        {
            result = plan.Run(reader, () => view.Revision);
        }
        return view.IsTorn ? null : result;
    }

    private sealed class Reader(MvccStore.ReadView view) : ITxnReader, ITxnWriter
    {
        public long Revision => view.Revision;

        public RangeResult Range(in RangeQuery query) => view.Range(query);

        public MvccStore.ReadView Capture() => view;

        public PutResponse Put(PutRequest request) => throw new InvariantException("a read-only transaction puts");

        public DeleteRangeResponse DeleteRange(DeleteRangeRequest request)
            => throw new InvariantException("a read-only transaction deletes");
    }
}
