using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Server.Kv;
using Kube.RaftStore.Server.Watches;
using Kube.Store.V1;

namespace Kube.RaftStore.Server.Concurrency;

/// <summary>
/// Keys under a prefix in the order in which they were made: whose key is the oldest has his turn. Locks and
/// elections are such lines, and the same ones that etcd's client library makes, so that both can stand in one.
/// Everything is done in the caller's name.
/// </summary>
internal sealed class WaitingLine(StoreServer server, KvService kv, WatchService watch)
{
    /// <summary>What a line's keys begin with.</summary>
    public static ByteString PrefixOf(ByteString name) => ByteString.CopyFrom([.. name.Span, (byte)'/']);

    /// <summary>The key of whoever holds a lease.</summary>
    public static ByteString KeyOf(ByteString prefix, long lease)
        => ByteString.CopyFrom([.. prefix.Span, .. System.Text.Encoding.ASCII.GetBytes(((ulong)lease).ToString("x", System.Globalization.CultureInfo.InvariantCulture))]);

    /// <summary>Takes a place, or finds the one taken before with the same lease.</summary>
    /// <returns>The key as it stands, and the header of the transaction.</returns>
    public async Task<(ResponseHeader Header, long Revision, KeyValue? Before)> JoinAsync(
        ByteString key, ByteString value, long lease, ServerCallContext context)
    {
        var response = await kv.Txn(
            new TxnRequest
            {
                Compare = { Unmade(key) },
                Success = { new RequestOp { RequestPut = new PutRequest { Key = key, Value = value, Lease = lease } } },
                Failure = { new RequestOp { RequestRange = new RangeRequest { Key = key } } },
            },
            context);
        return response.Succeeded
            ? (response.Header, response.Header.Revision, null)
            : (response.Header, response.Responses[0].ResponseRange.Kvs[0].CreateRevision, response.Responses[0].ResponseRange.Kvs[0]);
    }

    /// <summary>Waits until no key is older than the one made at a revision. When the call ends before, the place is given up.</summary>
    public async Task WaitAsync(ByteString prefix, ByteString key, long revision, ServerCallContext context)
    {
        var caller = await server.Access.IdentifyAsync(context);
        try
        {
            while (await LastBeforeAsync(prefix, revision, context) is { } ahead)
            {
                await GoneAsync(ahead.Key, ahead.Revision, context);
            }
        }
        catch (Exception) when (context.CancellationToken.IsCancellationRequested)
        {
            await server.ProposeAsync<DeleteRangeResponse>(
                new Command
                {
                    DeleteRange = new DeleteRangeRequest { Key = key },
                    Caller = caller.Name,
                    AuthRevision = caller.AuthRevision,
                },
                CancellationToken.None);
            throw;
        }
    }

    /// <summary>Whose turn it is, with the header of the read.</summary>
    public async Task<(ResponseHeader Header, KeyValue? First)> FirstAsync(ByteString prefix, ServerCallContext context)
    {
        var range = await kv.RangeAsync(
            new RangeRequest
            {
                Key = prefix,
                RangeEnd = EndOf(prefix),
                SortTarget = RangeRequest.Types.SortTarget.Create,
                SortOrder = RangeRequest.Types.SortOrder.Ascend,
                Limit = 1,
            },
            context);
        return (range.Header, range.Kvs.Count > 0 ? range.Kvs[0] : null);
    }

    /// <summary>What happens to a prefix or key after a revision, until the call ends.</summary>
    public IAsyncEnumerable<WatchResponse> FollowAsync(ByteString key, ByteString rangeEnd, long after, ServerCallContext context)
        => watch.FollowAsync(
            new WatchCreateRequest { Key = key, RangeEnd = rangeEnd, StartRevision = after + 1 }, context, context.CancellationToken);

    /// <summary>First key behind all that begin with a prefix.</summary>
    public static ByteString EndOf(ByteString prefix)
    {
        var end = prefix.ToByteArray();
        // Prefixes end with "/", which has a successor.
        end[^1]++;
        return UnsafeByteOperations.UnsafeWrap(end);
    }

    public static Compare Unmade(ByteString key) => MadeAt(key, 0);

    public static Compare MadeAt(ByteString key, long revision) => new()
    {
        Key = key,
        Target = Compare.Types.CompareTarget.Create,
        Result = Compare.Types.CompareResult.Equal,
        CreateRevision = revision,
    };

    private async Task<(ByteString Key, long Revision)?> LastBeforeAsync(ByteString prefix, long revision, ServerCallContext context)
    {
        var range = await kv.RangeAsync(
            new RangeRequest
            {
                Key = prefix,
                RangeEnd = EndOf(prefix),
                SortTarget = RangeRequest.Types.SortTarget.Create,
                SortOrder = RangeRequest.Types.SortOrder.Descend,
                Limit = 1,
                MaxCreateRevision = revision - 1,
            },
            context);
        return range.Kvs.Count == 0 ? null : (range.Kvs[0].Key, range.Header.Revision);
    }

    private async Task GoneAsync(ByteString key, long after, ServerCallContext context)
    {
        await foreach (var response in FollowAsync(key, ByteString.Empty, after, context))
        {
            if (response is { Canceled: true, CompactRevision: 0 })
            {
                throw StoreServer.Refuse(EtcdError.PermissionDenied);
            }
            // A compaction that overtook the watch: whether the key is there shows by reading.
            if (response.Canceled || response.Events.Any(static change => change.Type == Event.Types.EventType.Delete))
            {
                return;
            }
        }
    }
}
