using Etcd.V3;
using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Server.Kv;

public sealed partial class KvService
{
    /// <summary>An answer above this is not built in memory but sent as the client takes it.</summary>
    private const long MaxWholeBytes = 256 * 1024;

    /// <summary>How long a client may take nothing of a large answer; until then compaction keeps what is to be sent.</summary>
    private static readonly TimeSpan s_stallLimit = TimeSpan.FromMinutes(2);

    public override Task<RangeResponse> Range(RangeRequest request, ServerCallContext context)
        => AnswerAsync(request, context, mayWriteParts: true);

    /// <summary>Reads a range for another service in the caller's name: the caller waits for that one's answer.</summary>
    internal Task<RangeResponse> RangeAsync(RangeRequest request, ServerCallContext context)
        => AnswerAsync(request, context, mayWriteParts: false);

    private async Task<RangeResponse> AnswerAsync(RangeRequest request, ServerCallContext context, bool mayWriteParts)
    {
        Enter(context);
        RequestChecks.Check(request);
        if (!request.Serializable)
        {
            await server.ReadBarrierAsync(context.CancellationToken);
        }
        var caller = await server.Access.RequireReadAsync(context, request.Key, request.RangeEnd);
        server.Machine.Totals.OnRange();
        var store = server.Machine.Store;
        while (true)
        {
            var result = Read(request, store);
            server.Access.RequireUnchanged(caller);
            if (mayWriteParts && IsLarge(result, request.KeysOnly))
            {
                using var pin = TryPin(request, result, store);
                if (pin is null)
                {
                    continue;
                }
                var header = server.Fill(new ResponseHeader { Revision = result.StoreRevision });
                if (await TryWriteLargeAsync(result, header, request.KeysOnly, context))
                {
                    return new RangeResponse();
                }
            }
            try
            {
                var response = RangeMapping.ToResponse(result, request.KeysOnly, store.Values);
                server.Fill(response.Header);
                return response;
            }
            catch (ValueGoneException)
            {
                // Read anew: a fixed revision is refused this time, the newest has other values.
            }
        }
    }

    private async ValueTask<bool> TryWriteLargeAsync(RangeResult result, ResponseHeader header, bool keysOnly, ServerCallContext context)
    {
        var values = server.Machine.Store.Values;
        if (context is ILargeRangeWriter writer)
        {
            await writer.WriteAsync(result, header, keysOnly, values, s_stallLimit);
            return true;
        }
        return await context.TryWriteInPartsAsync(new RangeParts(result, header, keysOnly, values), s_stallLimit);
    }

    private static RangeResult Read(RangeRequest request, MvccStore store)
    {
        var result = store.Range(RangeMapping.ToQuery(request));
        return result.Status == RevisionStatus.Ok ? result : throw StoreServer.Refuse(EtcdError.For(result.Status));
    }

    private static bool IsLarge(in RangeResult result, bool keysOnly)
    {
        var bytes = 0L;
        foreach (var version in result.Versions)
        {
            bytes += version.Key.Length + (keysOnly ? 0 : version.Value.Length);
            if (bytes > MaxWholeBytes)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Keeps what was found from being given up; null when compaction has passed it already.</summary>
    private static MvccStore.HistoryPin? TryPin(RangeRequest request, in RangeResult result, MvccStore store)
    {
        var revision = request.Revision > 0 ? request.Revision : result.StoreRevision;
        var pin = store.PinHistory(revision);
        if (store.CompactRevision <= revision)
        {
            return pin;
        }
        pin.Dispose();
        return null;
    }
}
