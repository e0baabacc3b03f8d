using Etcd.V3;
using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Server.Kv;

public sealed partial class KvService
{
    public override async Task<RangeResponse> Range(RangeRequest request, ServerCallContext context)
    {
        Enter(context);
        RequestChecks.Check(request);
        if (!request.Serializable)
        {
            await server.ReadBarrierAsync(context.CancellationToken);
        }
        var caller = await server.Access.RequireReadAsync(context, request.Key, request.RangeEnd);
        var store = server.Machine.Store;
        var result = store.Range(RangeMapping.ToQuery(request));
        if (result.Status != RevisionStatus.Ok)
        {
            throw StoreServer.Refuse(EtcdError.For(result.Status));
        }
        var response = RangeMapping.ToResponse(result, request.KeysOnly, store.Values);
        server.Access.RequireUnchanged(caller);
        server.Fill(response.Header);
        return response;
    }
}
