using Etcd.V3;
using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Mvcc;
using Kube.Store.V1;

namespace Kube.RaftStore.Server.Upkeep;

/// <summary>etcd's Maintenance service.</summary>
public sealed class MaintenanceService(StoreServer server) : Maintenance.MaintenanceBase
{
    public override Task<StatusResponse> Status(StatusRequest request, ServerCallContext context)
    {
        var status = server.Log.Status;
        var response = new StatusResponse
        {
            Header = server.NewHeader(),
            Version = server.Options.Version,
            DbSize = server.Machine.Store.SizeBytes,
            DbSizeInUse = server.Machine.Store.SizeBytes,
            Leader = status.LeaderId,
            RaftIndex = status.CommitIndex,
            RaftTerm = status.Term,
            RaftAppliedIndex = status.AppliedIndex,
            IsLearner = status.IsLearner,
        };
        if (status.LeaderId == 0)
        {
            response.Errors.Add(EtcdError.NoLeader.Text);
        }
        foreach (var (member, type) in server.Machine.Alarms.Raised)
        {
            response.Errors.Add($"memberID:{member} alarm:{type.ToString().ToUpperInvariant()} ");
        }
        return Task.FromResult(response);
    }

    public override async Task<AlarmResponse> Alarm(AlarmRequest request, ServerCallContext context)
    {
        var response = await server
            .ProposeAsync<AlarmResponse>(new Command { Alarm = request }, context.CancellationToken);
        server.Fill(response.Header);
        return response;
    }

    /// <summary>Nothing to do: the store hands space back as it compacts.</summary>
    public override Task<DefragmentResponse> Defragment(DefragmentRequest request, ServerCallContext context)
        => Task.FromResult(new DefragmentResponse());

    public override Task<HashKVResponse> HashKV(HashKVRequest request, ServerCallContext context)
    {
        var result = server.Machine.Store.HashHistory(request.Revision);
        if (result.Status != RevisionStatus.Ok)
        {
            throw StoreServer.Refuse(EtcdError.For(result.Status));
        }
        return Task.FromResult(new HashKVResponse
        {
            Header = server.Fill(new ResponseHeader { Revision = result.StoreRevision }),
            Hash = result.Hash,
            CompactRevision = result.CompactRevision,
        });
    }

    /// <summary>The hash of the history and of all that is kept beside it.</summary>
    public override Task<HashResponse> Hash(HashRequest request, ServerCallContext context)
        => Task.FromResult(new HashResponse { Header = server.NewHeader(), Hash = StateHash.Of(server.Machine) });

    public override Task Snapshot(SnapshotRequest request, IServerStreamWriter<SnapshotResponse> responseStream, ServerCallContext context)
        => throw NotBuilt("a snapshot in etcd's file format");

    public override Task<MoveLeaderResponse> MoveLeader(MoveLeaderRequest request, ServerCallContext context)
        => throw NotBuilt("moving the leader");

    public override Task<DowngradeResponse> Downgrade(DowngradeRequest request, ServerCallContext context)
        => throw NotBuilt("a downgrade");

    private static RpcException NotBuilt(string what)
        => new(new Grpc.Core.Status(StatusCode.Unimplemented, $"etcdserver: {what} is not supported by this store"));
}
