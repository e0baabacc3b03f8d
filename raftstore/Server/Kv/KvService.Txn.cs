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
        var response = IsReadOnly(request)
            ? await ReadAsync(request, context.CancellationToken)
            : await WriteAsync(request, context.CancellationToken);
        server.Fill(response.Header);
        return response;
    }

    private async ValueTask<TxnResponse> WriteAsync(TxnRequest request, CancellationToken cancellationToken)
    {
        await quota.CheckAsync(SpaceQuota.CostOf(request), cancellationToken);
        return await server.ProposeAsync<TxnResponse>(new Command { Txn = request }, cancellationToken);
    }

    private async ValueTask<TxnResponse> ReadAsync(TxnRequest request, CancellationToken cancellationToken)
    {
        if (!IsSerializable(request))
        {
            await server.ReadBarrierAsync(cancellationToken);
        }
        var result = ReadOnlyTxn.Run(request, server.Machine);
        return result is EtcdError error ? throw StoreServer.Refuse(error) : (TxnResponse)result;
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
