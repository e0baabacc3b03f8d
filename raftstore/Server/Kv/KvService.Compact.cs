using Etcd.V3;
using Grpc.Core;
using Kube.Store.V1;

namespace Kube.RaftStore.Server.Kv;

public sealed partial class KvService
{
    public override async Task<CompactionResponse> Compact(CompactionRequest request, ServerCallContext context)
    {
        Enter(context);
        var response = await server
            .ProposeAsync<CompactionResponse>(new Command { Compaction = request }, context);
        if (request.Physical)
        {
            var store = server.Machine.Store;
            while (store.NeedsTrim && store.Trim(steps: 4096))
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
        server.Fill(response.Header);
        return response;
    }
}
