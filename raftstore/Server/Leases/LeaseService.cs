using Etcd.V3;
using Grpc.Core;
using Kube.Base;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Apply.Access;
using Kube.Store.V1;

namespace Kube.RaftStore.Server.Leases;

/// <summary>etcd's Lease service.</summary>
/// <param name="server">What the services share.</param>
/// <param name="quota">The space left.</param>
/// <param name="renewals">Where renewals are gathered.</param>
/// <param name="ids">Source of lease ids.</param>
public sealed partial class LeaseService(StoreServer server, SpaceQuota quota, RenewalBatcher renewals, Prng ids)
    : Etcd.V3.Lease.LeaseBase
{
    public override async Task<LeaseGrantResponse> LeaseGrant(LeaseGrantRequest request, ServerCallContext context)
    {
        server.CheckLeader(context);
        if (request.TTL > MaxTtlSeconds)
        {
            throw StoreServer.Refuse(EtcdError.LeaseTtlTooLarge);
        }
        await quota.CheckAsync(0, context.CancellationToken);
        var grant = new LeaseGrantRequest
        {
            ID = request.ID == 0 ? NewId() : request.ID,
            TTL = Math.Max(request.TTL, server.Options.MinLeaseTtlSeconds),
        };
        var response = await server
            .ProposeAsync<LeaseGrantResponse>(new Command { LeaseGrant = grant }, context);
        server.Fill(response.Header);
        return response;
    }

    public override async Task<LeaseRevokeResponse> LeaseRevoke(LeaseRevokeRequest request, ServerCallContext context)
    {
        server.CheckLeader(context);
        var response = await server
            .ProposeAsync<LeaseRevokeResponse>(new Command { LeaseRevoke = request }, context);
        server.Fill(response.Header);
        return response;
    }

    public override async Task<LeaseTimeToLiveResponse> LeaseTimeToLive(LeaseTimeToLiveRequest request, ServerCallContext context)
    {
        server.CheckLeader(context);
        await server.ReadBarrierAsync(context.CancellationToken);
        var machine = server.Machine;
        var caller = request.Keys
            ? await server.Access.RequireReadAsync(context, machine.Leases.KeysOf(request.ID))
            : Caller.None;
        var response = new LeaseTimeToLiveResponse { Header = server.NewHeader(), ID = request.ID, TTL = -1 };
        if (!machine.Leases.TryGet(request.ID, out var lease))
        {
            return response;
        }
        response.TTL = machine.Clock.RemainingSeconds(request.ID);
        response.GrantedTTL = lease.TtlSeconds;
        if (request.Keys)
        {
            response.Keys.AddRange(machine.Leases.KeysOf(request.ID).Select(static key => Google.Protobuf.UnsafeByteOperations.UnsafeWrap(key)));
            server.Access.RequireUnchanged(caller);
        }
        return response;
    }

    public override Task<LeaseLeasesResponse> LeaseLeases(LeaseLeasesRequest request, ServerCallContext context)
    {
        server.CheckLeader(context);
        var machine = server.Machine;
        var response = new LeaseLeasesResponse { Header = server.NewHeader() };
        response.Leases.AddRange(machine.Leases.All()
            .OrderBy(lease => machine.Clock.RemainingSeconds(lease.Id))
            .Select(static lease => new LeaseStatus { ID = lease.Id }));
        return Task.FromResult(response);
    }

    private const long MaxTtlSeconds = 9_000_000_000;

    private long NewId()
    {
        lock (ids)
        {
            return (long)(ids.NextUInt64() >> 1) | 1;
        }
    }
}
