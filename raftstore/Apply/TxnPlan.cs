using Etcd.V3;
using Kube.RaftStore.Lease;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Apply;

/// <summary>Reads at one state of the store.</summary>
internal interface ITxnReader
{
    /// <summary>The newest revision that reads may name.</summary>
    long Revision { get; }

    RangeResult Range(in RangeQuery query);
}

/// <summary>Does what a transaction's branch says.</summary>
internal interface ITxnWriter
{
    RangeResult Range(in RangeQuery query);

    /// <summary>The state as it is now, to be read later.</summary>
    MvccStore.ReadView Capture();

    PutResponse Put(PutRequest request);

    DeleteRangeResponse DeleteRange(DeleteRangeRequest request);
}

/// <summary>
/// A transaction, its compares evaluated: which branch is taken at every level, before anything is done.
/// All compares, nested ones too, see the state from before the transaction, as in etcd. After <see cref="Check"/>
/// nothing in <see cref="Run(ITxnWriter, Func{long})"/> can fail, so a transaction is done whole or not at all.
/// </summary>
internal sealed class TxnPlan
{
    private readonly TxnRequest _request;
    private readonly bool _succeeded;
    private readonly List<(RequestOp Op, TxnPlan? Nested)> _steps = [];
    private readonly ITxnReader _before;
    private readonly IValueStore _values;

    private TxnPlan(TxnRequest request, ITxnReader before, IValueStore values)
    {
        _request = request;
        _before = before;
        _values = values;
        _succeeded = TxnCompare.AllHold(request.Compare, before, values);
        foreach (var op in _succeeded ? request.Success : request.Failure)
        {
            _steps.Add((op, op.RequestTxn is { } nested ? new TxnPlan(nested, before, values) : null));
        }
    }

    public static TxnPlan Make(TxnRequest request, MvccStore.WriteTransaction write, MvccStore store)
        => new(request, new BeforeWrite(write), store.Values);

    public static TxnPlan Make(TxnRequest request, ITxnReader reader, MvccStore store) => new(request, reader, store.Values);

    /// <summary>The first reason why the branch cannot be done, or null.</summary>
    public EtcdError? Check(LeaseTable leases) => CheckPuts(leases) ?? CheckRanges();

    /// <summary>Does what the branch says.</summary>
    /// <param name="writer">Does it.</param>
    /// <param name="commit">Ends it, and gives the revision.</param>
    /// <returns>A <see cref="TxnResponse"/>, or a <see cref="TxnAnswer"/> when the request is one of those that are answered late.</returns>
    public object Run(ITxnWriter writer, Func<long> commit)
    {
        var late = LateRange.AreIn(_request) ? new Dictionary<RangeResponse, LateRange>(ReferenceEqualityComparer.Instance) : null;
        var response = Run(writer, late);
        response.Header.Revision = commit();
        return late is null ? response : new TxnAnswer(response, late);
    }

    private TxnResponse Run(ITxnWriter writer, Dictionary<RangeResponse, LateRange>? late)
    {
        var response = new TxnResponse { Succeeded = _succeeded, Header = new ResponseHeader() };
        foreach (var (op, nested) in _steps)
        {
            response.Responses.Add(op.RequestCase switch
            {
                RequestOp.RequestOneofCase.RequestRange => new ResponseOp { ResponseRange = Range(writer, op.RequestRange, late) },
                RequestOp.RequestOneofCase.RequestPut => new ResponseOp { ResponsePut = writer.Put(op.RequestPut) },
                RequestOp.RequestOneofCase.RequestDeleteRange
                    => new ResponseOp { ResponseDeleteRange = writer.DeleteRange(op.RequestDeleteRange) },
                RequestOp.RequestOneofCase.RequestTxn => new ResponseOp { ResponseTxn = nested!.Run(writer, late) },
                _ => new ResponseOp(),
            });
        }
        return response;
    }

    private RangeResponse Range(ITxnWriter writer, RangeRequest request, Dictionary<RangeResponse, LateRange>? late)
    {
        var query = RangeMapping.ToQuery(request);
        if (late is null)
        {
            return RangeMapping.ToResponse(writer.Range(query), request.KeysOnly, _values);
        }
        var view = writer.Capture();
        var response = new RangeResponse { Header = new ResponseHeader { Revision = view.Revision } };
        late.Add(response, new LateRange(view, query, request.KeysOnly));
        return response;
    }

    private EtcdError? CheckPuts(LeaseTable leases)
    {
        foreach (var (op, nested) in _steps)
        {
            if (nested?.CheckPuts(leases) is { } error)
            {
                return error;
            }
            if (op.RequestPut is not { } put)
            {
                continue;
            }
            if ((put.IgnoreValue || put.IgnoreLease)
                && _before.Range(new RangeQuery(new KeyRange(put.Key.Memory, default)) { CountOnly = true }).Count == 0)
            {
                return EtcdError.KeyNotFound;
            }
            if (put.Lease != 0 && !leases.TryGet(put.Lease, out _))
            {
                return EtcdError.LeaseNotFound;
            }
        }
        return null;
    }

    private EtcdError? CheckRanges()
    {
        foreach (var (op, nested) in _steps)
        {
            if (nested?.CheckRanges() is { } error)
            {
                return error;
            }
            if (op.RequestRange is { Revision: not 0 } range)
            {
                var probe = _before.Range(new RangeQuery(new KeyRange(range.Key.Memory, default)) { Revision = range.Revision, CountOnly = true });
                if (probe.Status != RevisionStatus.Ok)
                {
                    return EtcdError.For(probe.Status);
                }
            }
        }
        return null;
    }

    private sealed class BeforeWrite(MvccStore.WriteTransaction write) : ITxnReader
    {
        public long Revision => write.Revision;

        public RangeResult Range(in RangeQuery query) => write.Range(query);
    }
}
