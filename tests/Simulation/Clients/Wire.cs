using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Kube.Robustness.Checking;
using KeyValue = Kube.Robustness.Checking.KeyValue;
using EtcdCompare = Etcd.V3.Compare;

namespace Kube.RaftStore.Simulation.Clients;

/// <summary>Between the checker's words and etcd's messages.</summary>
internal static class Wire
{
    public static PutRequest ToPut(PutOp op) => new() { Key = Bytes(op.Key), Value = Bytes(op.Value), Lease = op.Lease };

    public static DeleteRangeRequest ToDelete(DeleteOp op) => new() { Key = StartOf(op.Keys), RangeEnd = EndOf(op.Keys) };

    public static RangeRequest ToRange(RangeOp op) => new()
    {
        Key = StartOf(op.Keys),
        RangeEnd = EndOf(op.Keys),
        Revision = op.Revision,
        Limit = op.Limit,
        Serializable = op.IsSerializable,
    };

    public static TxnRequest ToTxn(TxnOp op)
    {
        var request = new TxnRequest();
        request.Compare.AddRange(op.Compares.Select(ToCompare));
        request.Success.AddRange(op.Success.Select(ToRequestOp));
        request.Failure.AddRange(op.Failure.Select(ToRequestOp));
        return request;
    }

    public static ByteString StartOf(KeySpan keys) => keys.Start.Length == 0 ? ByteString.CopyFrom(0) : Bytes(keys.Start);

    public static ByteString EndOf(KeySpan keys) => keys.End switch
    {
        null => ByteString.Empty,
        "" => ByteString.CopyFrom(0),
        var end => Bytes(end),
    };

    public static RangeResult ToResult(RangeResponse response) =>
        new(response.Header?.Revision ?? 0, [.. response.Kvs.Select(ToKeyValue)], response.Count);

    public static TxnResult ToResult(TxnResponse response) => new(response.Header.Revision, response.Succeeded, [.. response.Responses.Select(ToResult)]);

    public static DeleteResult ToResult(DeleteRangeResponse response) => new(response.Header?.Revision ?? 0, response.Deleted);

    public static ChangeEvent ToChange(Event change) => new(
        ToKeyValue(change.Kv), change.Type == Event.Types.EventType.Delete, change.PrevKv is null ? null : ToKeyValue(change.PrevKv));

    /// <summary>Whether a failure says for certain that nothing was done.</summary>
    public static bool IsRefusal(Exception failure, out string text)
    {
        text = failure.Message;
        if (failure is not RpcException rpc)
        {
            return failure is CallRefusedException;
        }

        text = rpc.Status.Detail;
        return rpc.StatusCode switch
        {
            StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.FailedPrecondition or StatusCode.OutOfRange or StatusCode.ResourceExhausted => true,
            StatusCode.Unavailable => text.Contains("no leader", StringComparison.Ordinal) || text.Contains("learner", StringComparison.Ordinal),
            _ => false,
        };
    }

    private static KvResult ToResult(ResponseOp op) => op.ResponseCase switch
    {
        ResponseOp.ResponseOneofCase.ResponseRange => ToResult(op.ResponseRange),
        ResponseOp.ResponseOneofCase.ResponsePut => new PutResult(0),
        ResponseOp.ResponseOneofCase.ResponseDeleteRange => ToResult(op.ResponseDeleteRange),
        _ => throw new InvalidOperationException($"unexpected {op.ResponseCase} in a transaction"),
    };

    private static RequestOp ToRequestOp(KvOp op) => op switch
    {
        PutOp put => new RequestOp { RequestPut = ToPut(put) },
        DeleteOp delete => new RequestOp { RequestDeleteRange = ToDelete(delete) },
        RangeOp range => new RequestOp { RequestRange = ToRange(range) },
        _ => throw new ArgumentException($"{op} cannot be in a transaction", nameof(op)),
    };

    private static EtcdCompare ToCompare(Comparison comparison)
    {
        var compare = new EtcdCompare
        {
            Key = Bytes(comparison.Key),
            Result = comparison.Relation switch
            {
                CompareRelation.Equal => EtcdCompare.Types.CompareResult.Equal,
                CompareRelation.Greater => EtcdCompare.Types.CompareResult.Greater,
                CompareRelation.Less => EtcdCompare.Types.CompareResult.Less,
                _ => EtcdCompare.Types.CompareResult.NotEqual,
            },
        };
        switch (comparison.Target)
        {
            case CompareTarget.Version:
                compare.Target = EtcdCompare.Types.CompareTarget.Version;
                compare.Version = comparison.Number;
                break;
            case CompareTarget.CreateRevision:
                compare.Target = EtcdCompare.Types.CompareTarget.Create;
                compare.CreateRevision = comparison.Number;
                break;
            case CompareTarget.ModRevision:
                compare.Target = EtcdCompare.Types.CompareTarget.Mod;
                compare.ModRevision = comparison.Number;
                break;
            default:
                compare.Target = EtcdCompare.Types.CompareTarget.Value;
                compare.Value = Bytes(comparison.Value);
                break;
        }

        return compare;
    }

    private static KeyValue ToKeyValue(Etcd.V3.KeyValue kv) =>
        new(kv.Key.ToStringUtf8(), kv.Value.ToStringUtf8(), kv.CreateRevision, kv.ModRevision, kv.Version, kv.Lease);

    private static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);
}
