using Etcd.V3;
using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Apply.Access;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Server.Kv;

/// <summary>Answers that are not built in memory but sent as the client takes them.</summary>
public sealed partial class KvService
{
    /// <summary>An answer above this is sent as the client takes it.</summary>
    private const long MaxWholeBytes = 64 * 1024;

    /// <summary>Keys that are listed before it is known how many there are.</summary>
    private const int MaxListedKeys = 16 * 1024;

    /// <summary>What is on its way of an answer that is sent in parts, beside the value that is being written.</summary>
    private const long PartsBytes = 64 * 1024;

    private const int ListedKeyBytes = 8;

    /// <summary>How long a client may take nothing of a large answer; until then compaction keeps what is to be sent.</summary>
    private static readonly TimeSpan s_stallLimit = TimeSpan.FromMinutes(2);

    /// <summary>Answers a range that is too large to be built.</summary>
    /// <returns>Null when compaction has passed what was found: it must be read anew.</returns>
    private async ValueTask<RangeResponse?> TryAnswerLargeAsync(RangeRequest request, RangeResult found, Caller caller, ServerCallContext context)
    {
        var store = server.Machine.Store;
        using var pin = TryPin(request.Revision > 0 ? request.Revision : found.StoreRevision, store);
        if (pin is null)
        {
            return null;
        }
        var late = new LateRange(store.BeginRead(), RangeMapping.ToQuery(request), request.KeysOnly);
        var extent = found.IsCut ? RangeParts.Measure(late) : RangeParts.Measure(found, request.KeysOnly);
        RequireReadable(extent.Status);
        using var share = await TakeRoomAsync((extent.Shown * ListedKeyBytes) + extent.LargestBytes + PartsBytes, EtcdError.TooManyRequests, context);
        server.Access.RequireUnchanged(caller);
        var result = found.IsCut ? late.Find() : found;
        RequireReadable(result.Status);
        var header = server.Fill(new ResponseHeader { Revision = result.StoreRevision });
        if (context is ILargeAnswerWriter writer)
        {
            await writer.WriteAsync(result, header, request.KeysOnly, store.Values, s_stallLimit);
            return new RangeResponse();
        }
        if (await context.TryWriteInPartsAsync(new RangeParts(result, extent, header, request.KeysOnly, store.Values), s_stallLimit))
        {
            return new RangeResponse();
        }
        share.Dispose();
        using var whole = await TakeRoomAsync(extent.SizeBytes, EtcdError.TooManyRequests, context);
        var response = RangeMapping.ToResponse(result, request.KeysOnly, store.Values);
        response.Header = header;
        return response;
    }

    /// <summary>Answers a transaction of which ranges are still to be found, under a pin of the caller's.</summary>
    /// <param name="answer">The answer, its header complete.</param>
    /// <param name="isDone">Whether something was changed: then a refusal may not say that nothing was.</param>
    /// <param name="context">The call.</param>
    private async ValueTask<TxnResponse> AnswerLateAsync(TxnAnswer answer, bool isDone, ServerCallContext context)
    {
        var values = server.Machine.Store.Values;
        var parts = new TxnParts(answer, values);
        if (parts.LengthBytes <= MaxWholeBytes)
        {
            return answer.ToResponse(values);
        }
        var refusal = isDone ? EtcdError.Timeout : EtcdError.TooManyRequests;
        using var share = await TakeRoomAsync(parts.HeldBytes + PartsBytes, refusal, context);
        if (context is ILargeAnswerWriter writer)
        {
            await writer.WriteAsync(answer, values, s_stallLimit);
            return new TxnResponse();
        }
        if (await context.TryWriteInPartsAsync(parts, s_stallLimit))
        {
            return new TxnResponse();
        }
        share.Dispose();
        using var whole = await TakeRoomAsync(parts.LengthBytes, refusal, context);
        return answer.ToResponse(values);
    }

    private async ValueTask<AnswerBudget.Share> TakeRoomAsync(long sizeBytes, EtcdError refusal, ServerCallContext context)
    {
        try
        {
            var client = (context as ILargeAnswerWriter)?.Client ?? context.Peer;
            return await server.AnswerBudget.TakeAsync(client, sizeBytes, context.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw StoreServer.Refuse(refusal);
        }
    }

    private static void RequireReadable(RevisionStatus status)
    {
        if (status != RevisionStatus.Ok)
        {
            throw StoreServer.Refuse(EtcdError.For(status));
        }
    }

    /// <summary>Keeps what can be read at a revision from being given up; null when compaction has passed it already.</summary>
    private static MvccStore.HistoryPin? TryPin(long revision, MvccStore store)
    {
        var pin = store.PinHistory(revision);
        if (store.CompactRevision <= revision)
        {
            return pin;
        }
        pin.Dispose();
        return null;
    }
}
