using Etcd.V3;
using Grpc.Core;
using Kube.Store.V1;

namespace Kube.RaftStore.Server.Kv;

public sealed partial class KvService
{
    public override async Task<PutResponse> Put(PutRequest request, ServerCallContext context)
    {
        Enter(context);
        RequestChecks.Check(request);
        await quota.CheckAsync(request.Key.Length + request.Value.Length, context.CancellationToken);
        var response = await server
            .ProposeAsync<PutResponse>(new Command { Put = request }, context);
        server.Fill(response.Header);
        return response;
    }
}
