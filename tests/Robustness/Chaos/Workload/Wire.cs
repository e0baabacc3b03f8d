using Etcd.V3;
using Google.Protobuf;
using Kube.Robustness.Checking;
using CheckedKeyValue = Kube.Robustness.Checking.KeyValue;

namespace Kube.Robustness.Chaos.Workload;

/// <summary>Between the operations of a history and the store's messages.</summary>
internal static class Wire
{
    private const char Separator = '|';

    public static ByteString Key(string text) => ByteString.CopyFromUtf8(text);

    /// <summary>The first key of a span as etcd names it.</summary>
    public static ByteString Start(KeySpan span) => span.Start.Length == 0 ? ByteString.CopyFrom(0) : Key(span.Start);

    /// <summary>The end of a span as etcd names it: empty for one key, a zero byte for no end.</summary>
    public static ByteString End(KeySpan span) => span.End switch
    {
        null => ByteString.Empty,
        "" => ByteString.CopyFrom(0),
        var end => Key(end),
    };

    public static PutRequest Request(PutOp op) => new() { Key = Key(op.Key), Value = Key(op.Value), Lease = op.Lease };

    public static DeleteRangeRequest Request(DeleteOp op) => new() { Key = Start(op.Keys), RangeEnd = End(op.Keys) };

    public static RangeRequest Request(RangeOp op) => new()
    {
        Key = Start(op.Keys),
        RangeEnd = End(op.Keys),
        Revision = op.Revision,
        Limit = op.Limit,
        Serializable = op.IsSerializable,
    };

    public static TxnRequest Request(TxnOp op) => new()
    {
        Compare = { op.Compares.Select(Request) },
        Success = { op.Success.Select(RequestOpOf) },
        Failure = { op.Failure.Select(RequestOpOf) },
    };

    public static PutResult Result(PutResponse response) => new(response.Header?.Revision ?? 0);

    public static DeleteResult Result(DeleteRangeResponse response) => new(response.Header?.Revision ?? 0, response.Deleted);

    public static RangeResult Result(RangeResponse response) =>
        new(response.Header?.Revision ?? 0, [.. response.Kvs.Select(Pair)], response.Count);

    public static TxnResult Result(TxnResponse response) => new(
        response.Header.Revision,
        response.Succeeded,
        [.. response.Responses.Select(static KvResult (inner) => inner.ResponseCase switch
        {
            ResponseOp.ResponseOneofCase.ResponsePut => Result(inner.ResponsePut),
            ResponseOp.ResponseOneofCase.ResponseDeleteRange => Result(inner.ResponseDeleteRange),
            ResponseOp.ResponseOneofCase.ResponseRange => Result(inner.ResponseRange),
            var other => throw new HarnessException($"a transaction answered with {other}, which was not asked for"),
        })]);

    /// <summary>A put of a value of many bytes: its name, a separator and padding that depends on the name.</summary>
    public static PutRequest Padded(int key, string name, int sizeBytes) => new()
    {
        Key = Key($"{KeySpaceLayout.Bulk}{key}"),
        Value = Key(name + Separator + new string(PaddingOf(name), sizeBytes - name.Length - 1)),
    };

    /// <summary>A pair as the store tells of it; padding is verified and taken off, so that a history stays small.</summary>
    public static CheckedKeyValue Pair(Etcd.V3.KeyValue pair) =>
        new(pair.Key.ToStringUtf8(), Name(pair.Value.ToStringUtf8()), pair.CreateRevision, pair.ModRevision, pair.Version, pair.Lease);

    public static ChangeEvent Change(Event change) =>
        new(Pair(change.Kv), change.Type == Event.Types.EventType.Delete, change.PrevKv is null ? null : Pair(change.PrevKv));

    private static string Name(string value)
    {
        var at = value.IndexOf(Separator, StringComparison.Ordinal);
        if (at < 0)
        {
            return value;
        }

        var name = value[..at];
        return value.AsSpan(at + 1).ContainsAnyExcept(PaddingOf(name)) ? name + " with damaged padding" : name;
    }

    private static char PaddingOf(string name) => (char)('a' + (name[^1] % 26));

    private static Compare Request(Comparison comparison)
    {
        var compare = new Compare
        {
            Key = Key(comparison.Key),
            Result = comparison.Relation switch
            {
                CompareRelation.Equal => Compare.Types.CompareResult.Equal,
                CompareRelation.Greater => Compare.Types.CompareResult.Greater,
                CompareRelation.Less => Compare.Types.CompareResult.Less,
                _ => Compare.Types.CompareResult.NotEqual,
            },
        };
        switch (comparison.Target)
        {
            case CompareTarget.Version:
                compare.Target = Compare.Types.CompareTarget.Version;
                compare.Version = comparison.Number;
                break;
            case CompareTarget.CreateRevision:
                compare.Target = Compare.Types.CompareTarget.Create;
                compare.CreateRevision = comparison.Number;
                break;
            case CompareTarget.ModRevision:
                compare.Target = Compare.Types.CompareTarget.Mod;
                compare.ModRevision = comparison.Number;
                break;
            default:
                compare.Target = Compare.Types.CompareTarget.Value;
                compare.Value = Key(comparison.Value);
                break;
        }

        return compare;
    }

    private static RequestOp RequestOpOf(KvOp op) => op switch
    {
        PutOp put => new RequestOp { RequestPut = Request(put) },
        DeleteOp delete => new RequestOp { RequestDeleteRange = Request(delete) },
        RangeOp range => new RequestOp { RequestRange = Request(range) },
        _ => throw new HarnessException($"{op} cannot be part of a transaction"),
    };
}
