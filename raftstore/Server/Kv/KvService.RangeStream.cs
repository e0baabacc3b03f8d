using Etcd.V3;
using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Server.Kv;

public sealed partial class KvService
{
    /// <summary>Limits of one part; a part has at least one key.</summary>
    private const int MaxPartKeys = 1000;
    private const int MaxPartBytes = 1 << 20;

    /// <summary>
    /// Answers a range in parts, all of one revision: the values of one part are in memory at a time, however large
    /// the range. As in etcd 3.7 keys come in their order only, and all of them.
    /// </summary>
    public override async Task RangeStream(
        RangeRequest request, IServerStreamWriter<RangeStreamResponse> responseStream, ServerCallContext context)
    {
        Enter(context);
        RequestChecks.Check(request);
        CheckStreamable(request);
        if (!request.Serializable)
        {
            await server.ReadBarrierAsync(context.CancellationToken);
        }
        var caller = await server.Access.RequireReadAsync(context, request.Key, request.RangeEnd);
        var store = server.Machine.Store;
        var newest = store.CurrentRevision;
        // Keeps what is to be sent from being given up by a compaction on the way.
        using var pin = store.PinHistory(request.Revision > 0 ? Math.Min(request.Revision, newest) : newest);
        var late = new LateRange(store.BeginRead(), RangeMapping.ToQuery(request), request.KeysOnly);
        var extent = RangeParts.Measure(late);
        RequireReadable(extent.Status);
        using var share = await TakeRoomAsync(
            (extent.Shown * ListedKeyBytes) + Math.Min(extent.SizeBytes, MaxPartBytes + extent.LargestBytes), EtcdError.TooManyRequests, context);
        server.Access.RequireUnchanged(caller);
        var result = late.Find();
        RequireReadable(result.Status);
        server.Machine.Totals.OnRange();
        var at = 0;
        do
        {
            var part = TakePart(result.Versions, ref at, request.KeysOnly, store);
            if (at == result.Versions.Count)
            {
                part.Header = server.Fill(new ResponseHeader { Revision = result.StoreRevision });
                (part.More, part.Count) = (result.More, result.Count);
            }
            await responseStream.WriteAsync(new RangeStreamResponse { RangeResponse = part }, context.CancellationToken);
        }
        while (at < result.Versions.Count);
    }

    private static RangeResponse TakePart(IReadOnlyList<KeyVersion> versions, ref int at, bool keysOnly, MvccStore store)
    {
        var part = new List<KeyVersion>();
        var bytes = 0L;
        while (at < versions.Count && part.Count < MaxPartKeys && (part.Count == 0 || bytes < MaxPartBytes))
        {
            bytes += versions[at].Key.Length + (keysOnly ? 0 : versions[at].Value.Length);
            part.Add(versions[at++]);
        }
        var response = RangeMapping.ToResponse(new RangeResult { Versions = part }, keysOnly, store.Values);
        response.Header = null;
        return response;
    }

    private static void CheckStreamable(RangeRequest request)
    {
        if (request.SortTarget != RangeRequest.Types.SortTarget.Key || request.SortOrder == RangeRequest.Types.SortOrder.Descend)
        {
            throw new RpcException(new Status(StatusCode.Unimplemented, "RangeStream does not support custom sort orders"));
        }
        if (request.MinModRevision != 0 || request.MaxModRevision != 0 || request.MinCreateRevision != 0 || request.MaxCreateRevision != 0)
        {
            throw new RpcException(new Status(StatusCode.Unimplemented, "RangeStream does not support revision filters"));
        }
    }
}
