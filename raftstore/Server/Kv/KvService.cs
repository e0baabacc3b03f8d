using Etcd.V3;
using Grpc.Core;

namespace Kube.RaftStore.Server.Kv;

/// <summary>etcd's KV service: a file per verb; each checks, calls and fills the header.</summary>
public sealed partial class KvService(StoreServer server, SpaceQuota quota) : KV.KVBase
{
    private void Enter(ServerCallContext context) => server.CheckLeader(context);
}
