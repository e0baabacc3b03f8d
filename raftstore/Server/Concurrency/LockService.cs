using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Kube.RaftStore.Server.Kv;
using Kube.RaftStore.Server.Leases;
using Kube.RaftStore.Server.Watches;

namespace Kube.RaftStore.Server.Concurrency;

/// <summary>etcd's Lock service: locks are waiting lines, whose first holds the lock as long as his lease lives.</summary>
public sealed class LockService(
    StoreServer server, KvService kv, WatchService watch, LeaseService leases, RenewalBatcher renewals, TimeProvider time) : Etcd.V3.Lock.LockBase
{
    private readonly WaitingLine _line = new(server, kv, watch);

    public override async Task<LockResponse> Lock(LockRequest request, ServerCallContext context)
    {
        await using var session = await LeaseSession.OpenAsync(request.Lease, leases, renewals, time, context);
        var prefix = WaitingLine.PrefixOf(request.Name);
        var key = WaitingLine.KeyOf(prefix, session.Id);
        var place = await _line.JoinAsync(key, ByteString.Empty, session.Id, context);
        await _line.WaitAsync(prefix, key, place.Revision, context);
        var own = await kv.RangeAsync(new RangeRequest { Key = key }, context);
        return own.Kvs.Count == 0
            // The lease ran out while its owner waited.
            ? throw new RpcException(new Status(StatusCode.Unknown, "mutex: session is expired"))
            : new LockResponse { Header = own.Header, Key = key };
    }

    public override async Task<UnlockResponse> Unlock(UnlockRequest request, ServerCallContext context)
    {
        var deleted = await kv.DeleteRange(new DeleteRangeRequest { Key = request.Key }, context);
        return new UnlockResponse { Header = deleted.Header };
    }
}
