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
        var response = Read(request);
        server.Access.RequireUnchanged(caller);
        server.Fill(response.Header);
        return response;
    }

    private RangeResponse Read(RangeRequest request)
    {
        var store = server.Machine.Store;
        while (true)
        {
            var result = store.Range(RangeMapping.ToQuery(request));
            if (result.Status != RevisionStatus.Ok)
            {
                throw StoreServer.Refuse(EtcdError.For(result.Status));
            }
            try
            {
                return RangeMapping.ToResponse(result, request.KeysOnly, store.Values);
            }
            catch (ValueGoneException)
            {
                // Read anew: a fixed revision is refused this time, the newest has other values.
            }
        }
    }
}
