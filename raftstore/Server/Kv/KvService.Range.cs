using Etcd.V3;
using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Server.Kv;

public sealed partial class KvService
{
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
            var result = Read(request, store, mayWriteParts ? MaxListedKeys : 0);
            server.Access.RequireUnchanged(caller);
            if (mayWriteParts && (result.IsCut || RangeParts.Measure(result, request.KeysOnly).SizeBytes > MaxWholeBytes))
            {
                if (await TryAnswerLargeAsync(request, result, caller, context) is { } large)
                {
                    return large;
                }
                continue;
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

    private static RangeResult Read(RangeRequest request, MvccStore store, int mostFound)
    {
        var result = store.Range(RangeMapping.ToQuery(request) with { MostFound = mostFound });
        RequireReadable(result.Status);
        return result;
    }
}
