using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Kube.RaftStore.Server.Kv;
using Kube.RaftStore.Server.Leases;
using Kube.RaftStore.Server.Watches;

namespace Kube.RaftStore.Server.Concurrency;

/// <summary>etcd's Election service: candidates are a waiting line, whose first leads; his key's value is what he proclaims.</summary>
public sealed class ElectionService(
    StoreServer server, KvService kv, WatchService watch, LeaseService leases, RenewalBatcher renewals, TimeProvider time) : Election.ElectionBase
{
    private readonly WaitingLine _line = new(server, kv, watch);

    public override async Task<CampaignResponse> Campaign(CampaignRequest request, ServerCallContext context)
    {
        await using var session = await LeaseSession.OpenAsync(request.Lease, leases, renewals, time, context);
        var prefix = WaitingLine.PrefixOf(request.Name);
        var leader = new LeaderKey { Name = request.Name, Key = WaitingLine.KeyOf(prefix, session.Id), Lease = session.Id };
        var place = await _line.JoinAsync(leader.Key, request.Value, session.Id, context);
        leader.Rev = place.Revision;
        if (place.Before is { } before && !before.Value.Equals(request.Value))
        {
            await ProclaimAsync(leader, request.Value, context);
        }
        await _line.WaitAsync(prefix, leader.Key, leader.Rev, context);
        return new CampaignResponse { Header = place.Header, Leader = leader };
    }

    public override async Task<ProclaimResponse> Proclaim(ProclaimRequest request, ServerCallContext context)
    {
        var response = await ProclaimAsync(Required(request.Leader), request.Value, context);
        return new ProclaimResponse { Header = response.Header };
    }

    public override async Task<LeaderResponse> Leader(LeaderRequest request, ServerCallContext context)
    {
        var (header, first) = await _line.FirstAsync(WaitingLine.PrefixOf(request.Name), context);
        return new LeaderResponse { Header = header, Kv = first ?? throw Failed("election: no leader") };
    }

    /// <summary>Tells of each leader and of each of his proclamations, until the call ends.</summary>
    public override async Task Observe(LeaderRequest request, IServerStreamWriter<LeaderResponse> responseStream, ServerCallContext context)
    {
        var prefix = WaitingLine.PrefixOf(request.Name);
        while (true)
        {
            var (header, first) = await _line.FirstAsync(prefix, context);
            if (first is null)
            {
                await ChangedAsync(prefix, header.Revision, context);
                continue;
            }
            await responseStream.WriteAsync(new LeaderResponse { Header = header, Kv = first }, context.CancellationToken);
            await FollowLeaderAsync(first.Key, header.Revision, responseStream, context);
        }
    }

    public override async Task<ResignResponse> Resign(ResignRequest request, ServerCallContext context)
    {
        var leader = Required(request.Leader);
        var response = await kv.Txn(
            new TxnRequest
            {
                Compare = { WaitingLine.MadeAt(leader.Key, leader.Rev) },
                Success = { new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = leader.Key } } },
            },
            context);
        return new ResignResponse { Header = response.Header };
    }

    private async Task<TxnResponse> ProclaimAsync(LeaderKey leader, ByteString value, ServerCallContext context)
    {
        var response = await kv.Txn(
            new TxnRequest
            {
                Compare = { WaitingLine.MadeAt(leader.Key, leader.Rev) },
                Success = { new RequestOp { RequestPut = new PutRequest { Key = leader.Key, Value = value, Lease = leader.Lease } } },
            },
            context);
        return response.Succeeded ? response : throw Failed("election: not leader");
    }

    /// <summary>Waits until something happens under a prefix.</summary>
    private async Task ChangedAsync(ByteString prefix, long after, ServerCallContext context)
    {
        await foreach (var response in _line.FollowAsync(prefix, WaitingLine.EndOf(prefix), after, context))
        {
            if (response.Events.Count > 0 || response.Canceled)
            {
                return;
            }
        }
    }

    /// <summary>Passes a leader's proclamations on until his key is gone.</summary>
    private async Task FollowLeaderAsync(
        ByteString key, long after, IServerStreamWriter<LeaderResponse> responseStream, ServerCallContext context)
    {
        await foreach (var response in _line.FollowAsync(key, ByteString.Empty, after, context))
        {
            foreach (var change in response.Events)
            {
                if (change.Type == Event.Types.EventType.Delete)
                {
                    return;
                }
                await responseStream.WriteAsync(new LeaderResponse { Header = response.Header, Kv = change.Kv }, context.CancellationToken);
            }
            if (response.Canceled)
            {
                return;
            }
        }
    }

    private static LeaderKey Required(LeaderKey? leader) => leader ?? throw Failed("\"leader\" field must be provided");

    private static RpcException Failed(string text) => new(new Status(StatusCode.Unknown, text));
}
