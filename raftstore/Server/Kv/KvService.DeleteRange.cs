using Etcd.V3;
using Grpc.Core;
using Kube.Store.V1;

namespace Kube.RaftStore.Server.Kv;

public sealed partial class KvService
{
    public override async Task<DeleteRangeResponse> DeleteRange(DeleteRangeRequest request, ServerCallContext context)
    {
        Enter(context);
        RequestChecks.Check(request);
        var response = await server
            .ProposeAsync<DeleteRangeResponse>(new Command { DeleteRange = request }, context);
        server.Fill(response.Header);
        return response;
    }
}
