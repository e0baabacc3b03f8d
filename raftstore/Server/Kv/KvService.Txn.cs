using Etcd.V3;
using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.Store.V1;

namespace Kube.RaftStore.Server.Kv;

public sealed partial class KvService
{
    public override async Task<TxnResponse> Txn(TxnRequest request, ServerCallContext context)
    {
        Enter(context);
        RequestChecks.Check(request, server.Options.MaxTxnOps);
        TxnIntervals.Check(request);
        var store = server.Machine.Store;
        // What its ranges find must be there until it is answered, whatever is compacted meanwhile.
        using var pin = LateRange.AreIn(request) ? store.PinHistory(LateRange.RevisionToPin(request, store.CurrentRevision)) : null;
        var isReadOnly = IsReadOnly(request);
        var result = isReadOnly ? await ReadAsync(request, context) : await WriteAsync(request, context);
        if (result is TxnAnswer answer)
        {
            server.Fill(answer.Response.Header);
            return await AnswerLateAsync(answer, isDone: !isReadOnly, context);
        }
        var response = (TxnResponse)result;
        server.Fill(response.Header);
        return response;
    }

    private async ValueTask<object> WriteAsync(TxnRequest request, ServerCallContext context)
    {
        await quota.CheckAsync(SpaceQuota.CostOf(request), context.CancellationToken);
        return await server.ProposeAsync<object>(new Command { Txn = request }, context);
    }

    private async ValueTask<object> ReadAsync(TxnRequest request, ServerCallContext context)
    {
        if (!IsSerializable(request))
        {
            await server.ReadBarrierAsync(context.CancellationToken);
        }
        var caller = await server.Access.RequireAsync(context, request);
        var result = ReadOnlyTxn.Run(request, server.Machine);
        server.Access.RequireUnchanged(caller);
        return result is EtcdError error ? throw StoreServer.Refuse(error) : result;
    }

    private static bool IsReadOnly(TxnRequest request)
    {
        foreach (var op in request.Success.Concat(request.Failure))
        {
            if (op.RequestCase is RequestOp.RequestOneofCase.RequestPut or RequestOp.RequestOneofCase.RequestDeleteRange
                || (op.RequestTxn is { } nested && !IsReadOnly(nested)))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>True when every range of the transaction, at its first level, may be stale.</summary>
    private static bool IsSerializable(TxnRequest request)
    {
        foreach (var op in request.Success.Concat(request.Failure))
        {
            if (op.RequestRange is not { Serializable: true })
            {
                return false;
            }
        }
        return true;
    }
}
