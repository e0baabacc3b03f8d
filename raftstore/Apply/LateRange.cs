using Etcd.V3;
using Google.Protobuf.Collections;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Apply;

/// <summary>
/// A range of a transaction, and the state to read it from: found out by whoever answers, when he answers. The applying thread, on
/// every member, neither searches for it nor reads a value.
/// </summary>
/// <param name="View">The state, amid the transaction.</param>
/// <param name="Query">The range.</param>
/// <param name="KeysOnly">Whether the values stay out.</param>
public sealed record LateRange(MvccStore.ReadView View, RangeQuery Query, bool KeysOnly)
{
    /// <summary>Keys that are read one by one at once: their values are at hand, or one read away.</summary>
    private const int MostAtOnce = 1;

    /// <summary>
    /// Whether a transaction's ranges are answered late, which follows from the request alone. Whoever proposes such a one has
    /// pinned the history at <see cref="RevisionToPin"/> before, and keeps it until he has answered.
    /// </summary>
    public static bool AreIn(TxnRequest request) => KeysRead(request) > MostAtOnce;

    /// <summary>The lowest revision that the ranges of a transaction may read.</summary>
    /// <param name="request">The transaction.</param>
    /// <param name="newest">The newest revision there is.</param>
    public static long RevisionToPin(TxnRequest request, long newest)
    {
        foreach (var op in request.Success.Concat(request.Failure))
        {
            newest = op.RequestCase switch
            {
                RequestOp.RequestOneofCase.RequestRange when op.RequestRange.Revision > 0 => Math.Min(newest, op.RequestRange.Revision),
                RequestOp.RequestOneofCase.RequestTxn => RevisionToPin(op.RequestTxn, newest),
                _ => newest,
            };
        }
        return newest;
    }

    /// <summary>Finds what the range holds.</summary>
    public RangeResult Find() => View.Range(Query);

    /// <summary>Completes a response that has its header already.</summary>
    /// <exception cref="ValueGoneException">The history was not pinned.</exception>
    public void Fill(RangeResponse response, IValueStore values)
    {
        var whole = RangeMapping.ToResponse(Find(), KeysOnly, values);
        (response.Count, response.More) = (whole.Count, whole.More);
        response.Kvs.AddRange(whole.Kvs);
    }

    /// <summary>Keys that a branch of a transaction reads at most; a range of many counts as more than may be read at once.</summary>
    private static long KeysRead(TxnRequest request) => Math.Max(KeysRead(request.Success), KeysRead(request.Failure));

    private static long KeysRead(RepeatedField<RequestOp> ops)
    {
        var keys = 0L;
        foreach (var op in ops)
        {
            keys += op.RequestCase switch
            {
                RequestOp.RequestOneofCase.RequestRange => op.RequestRange.RangeEnd.IsEmpty ? 1 : MostAtOnce + 1,
                RequestOp.RequestOneofCase.RequestTxn => KeysRead(op.RequestTxn),
                _ => 0,
            };
        }
        return keys;
    }
}

/// <summary>The answer to a transaction of which ranges are still to be found.</summary>
/// <param name="Response">The answer; the late ranges have their header alone.</param>
/// <param name="Late">The late ranges, by their place in it: the object counts, not its contents.</param>
public sealed record TxnAnswer(TxnResponse Response, IReadOnlyDictionary<RangeResponse, LateRange> Late)
{
    /// <summary>Completes the answer and gives it up to whoever asks.</summary>
    /// <exception cref="ValueGoneException">The history was not pinned.</exception>
    public TxnResponse ToResponse(IValueStore values)
    {
        foreach (var (response, range) in Late)
        {
            range.Fill(response, values);
        }
        return Response;
    }
}
