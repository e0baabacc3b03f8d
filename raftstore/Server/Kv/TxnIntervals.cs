using Etcd.V3;
using Google.Protobuf.Collections;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Server.Kv;

/// <summary>
/// Refuses a transaction that might change a key twice: a key put twice, or put and deleted, on one path.
/// The two branches of a nested transaction exclude each other, so the same key may be put in both.
/// </summary>
internal static class TxnIntervals
{
    public static void Check(TxnRequest request)
    {
        Check(request.Success);
        Check(request.Failure);
    }

    private static (HashSet<ReadOnlyMemory<byte>> Puts, List<KeyRange> Deletes) Check(RepeatedField<RequestOp> ops)
    {
        var deletes = new List<KeyRange>();
        foreach (var op in ops)
        {
            if (op.RequestDeleteRange is { } delete)
            {
                deletes.Add(RangeMapping.ToRange(delete.Key, delete.RangeEnd));
            }
        }
        var puts = new HashSet<ReadOnlyMemory<byte>>(KeyMemoryComparer.Instance);
        foreach (var op in ops)
        {
            if (op.RequestTxn is { } nested)
            {
                CheckNested(nested, puts, deletes);
            }
        }
        foreach (var op in ops)
        {
            if (op.RequestPut is { } put && (!puts.Add(put.Key.Memory) || IsDeleted(put.Key.Memory, deletes)))
            {
                throw StoreServer.Refuse(EtcdError.DuplicateKey);
            }
        }
        return (puts, deletes);
    }

    private static void CheckNested(TxnRequest nested, HashSet<ReadOnlyMemory<byte>> puts, List<KeyRange> deletes)
    {
        var then = Check(nested.Success);
        var otherwise = Check(nested.Failure);
        foreach (var key in then.Puts)
        {
            if (!puts.Add(key) || IsDeleted(key, deletes))
            {
                throw StoreServer.Refuse(EtcdError.DuplicateKey);
            }
        }
        foreach (var key in otherwise.Puts)
        {
            if ((!puts.Add(key) && !then.Puts.Contains(key)) || IsDeleted(key, deletes))
            {
                throw StoreServer.Refuse(EtcdError.DuplicateKey);
            }
        }
        deletes.AddRange(then.Deletes);
        deletes.AddRange(otherwise.Deletes);
    }

    private static bool IsDeleted(ReadOnlyMemory<byte> key, List<KeyRange> deletes)
    {
        foreach (var range in deletes)
        {
            if (range.Contains(key.Span))
            {
                return true;
            }
        }
        return false;
    }

    private sealed class KeyMemoryComparer : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static readonly KeyMemoryComparer Instance = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> key)
        {
            var hash = default(HashCode);
            hash.AddBytes(key.Span);
            return hash.ToHashCode();
        }
    }
}
