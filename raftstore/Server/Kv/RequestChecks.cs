using Etcd.V3;
using Google.Protobuf.Collections;
using Kube.RaftStore.Apply;

namespace Kube.RaftStore.Server.Kv;

/// <summary>What can be said of a request without looking at the store, in etcd's order and words.</summary>
internal static class RequestChecks
{
    public static void Check(RangeRequest request) => RequireKey(request.Key.Length);

    public static void Check(DeleteRangeRequest request) => RequireKey(request.Key.Length);

    public static void Check(PutRequest request)
    {
        RequireKey(request.Key.Length);
        if (request.IgnoreValue && request.Value.Length != 0)
        {
            throw StoreServer.Refuse(EtcdError.ValueProvided);
        }
        if (request.IgnoreLease && request.Lease != 0)
        {
            throw StoreServer.Refuse(EtcdError.LeaseProvided);
        }
    }

    /// <param name="request">The transaction.</param>
    /// <param name="maxOps">Operations allowed; a nested transaction gets what its parent leaves.</param>
    public static void Check(TxnRequest request, int maxOps)
    {
        var ops = Math.Max(request.Compare.Count, Math.Max(request.Success.Count, request.Failure.Count));
        if (ops > maxOps)
        {
            throw StoreServer.Refuse(EtcdError.TooManyOps);
        }
        foreach (var compare in request.Compare)
        {
            RequireKey(compare.Key.Length);
        }
        Check(request.Success, maxOps - ops);
        Check(request.Failure, maxOps - ops);
    }

    private static void Check(RepeatedField<RequestOp> ops, int maxNestedOps)
    {
        foreach (var op in ops)
        {
            switch (op.RequestCase)
            {
                case RequestOp.RequestOneofCase.RequestRange:
                    Check(op.RequestRange);
                    break;
                case RequestOp.RequestOneofCase.RequestPut:
                    Check(op.RequestPut);
                    break;
                case RequestOp.RequestOneofCase.RequestDeleteRange:
                    Check(op.RequestDeleteRange);
                    break;
                case RequestOp.RequestOneofCase.RequestTxn:
                    Check(op.RequestTxn, maxNestedOps);
                    break;
                default:
                    throw StoreServer.Refuse(EtcdError.KeyNotFound);
            }
        }
    }

    private static void RequireKey(int length)
    {
        if (length == 0)
        {
            throw StoreServer.Refuse(EtcdError.EmptyKey);
        }
    }
}
