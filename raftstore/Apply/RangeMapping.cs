using Etcd.V3;
using Google.Protobuf;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Apply;

/// <summary>Between etcd's messages and the store's types. Keys and values are shared, not copied.</summary>
public static class RangeMapping
{
    public static KeyRange ToRange(ByteString key, ByteString rangeEnd) => new(key.Memory, rangeEnd.Memory);

    public static RangeQuery ToQuery(RangeRequest request) => new(ToRange(request.Key, request.RangeEnd))
    {
        Revision = request.Revision,
        Limit = request.Limit,
        CountOnly = request.CountOnly,
        Order = request.SortOrder switch
        {
            RangeRequest.Types.SortOrder.Ascend => SortOrder.Ascending,
            RangeRequest.Types.SortOrder.Descend => SortOrder.Descending,
            _ => SortOrder.None,
        },
        Target = request.SortTarget switch
        {
            RangeRequest.Types.SortTarget.Version => SortTarget.Version,
            RangeRequest.Types.SortTarget.Create => SortTarget.Create,
            RangeRequest.Types.SortTarget.Mod => SortTarget.Mod,
            RangeRequest.Types.SortTarget.Value => SortTarget.Value,
            _ => SortTarget.Key,
        },
        MinModRevision = request.MinModRevision,
        MaxModRevision = request.MaxModRevision,
        MinCreateRevision = request.MinCreateRevision,
        MaxCreateRevision = request.MaxCreateRevision,
    };

    /// <summary>The answer to a range that could be read, its header holding the revision alone.</summary>
    /// <exception cref="ValueGoneException">Compaction has passed what was read.</exception>
    public static RangeResponse ToResponse(in RangeResult result, bool keysOnly, IValueStore values)
    {
        var response = new RangeResponse
        {
            Header = new ResponseHeader { Revision = result.StoreRevision },
            Count = result.Count,
            More = result.More,
        };
        response.Kvs.Capacity = result.Versions.Count;
        foreach (var version in result.Versions)
        {
            response.Kvs.Add(ToMessage(version, keysOnly ? default : values.Read(version.Value)));
        }
        return response;
    }

    public static KeyValue ToMessage(KeyVersion version, IValueStore values) => ToMessage(version, values.Read(version.Value));

    /// <summary>A version whose value was read already.</summary>
    public static KeyValue ToMessage(KeyVersion version, ReadOnlyMemory<byte> value) => new()
    {
        Key = UnsafeByteOperations.UnsafeWrap(version.Key),
        CreateRevision = version.CreateRevision,
        ModRevision = version.ModRevision,
        Version = version.Version,
        Value = value.IsEmpty ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(value),
        Lease = version.Lease,
    };

    /// <summary>The change that a version is, its value read already, without the version before it.</summary>
    public static Event ToEvent(KeyVersion version, ReadOnlyMemory<byte> value) => version.IsTombstone
        ? new Event
        {
            Type = Event.Types.EventType.Delete,
            Kv = new KeyValue { Key = UnsafeByteOperations.UnsafeWrap(version.Key), ModRevision = version.ModRevision },
        }
        : new Event { Kv = ToMessage(version, value) };
}
