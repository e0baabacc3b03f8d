using Etcd.V3;
using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Mvcc;
using Kube.Store.V1;

namespace Kube.RaftStore.Server.Upkeep;

/// <summary>etcd's Maintenance service.</summary>
public sealed partial class MaintenanceService(StoreServer server) : Maintenance.MaintenanceBase
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
            .ProposeAsync<AlarmResponse>(new Command { Alarm = request }, context);
        server.Fill(response.Header);
        return response;
    }

    /// <summary>Nothing to do: the store hands space back as it compacts.</summary>
    public override async Task<DefragmentResponse> Defragment(DefragmentRequest request, ServerCallContext context)
    {
        await server.Access.RequireAdminAsync(context);
        return new DefragmentResponse();
    }

    public override async Task<HashKVResponse> HashKV(HashKVRequest request, ServerCallContext context)
    {
        await server.Access.RequireAdminAsync(context);
        var result = server.Machine.Store.HashHistory(request.Revision);
        if (result.Status != RevisionStatus.Ok)
        {
            throw StoreServer.Refuse(EtcdError.For(result.Status));
        }
        return new HashKVResponse
        {
            Header = server.Fill(new ResponseHeader { Revision = result.StoreRevision }),
            Hash = result.Hash,
            CompactRevision = result.CompactRevision,
        };
    }

    /// <summary>The hash of the history and of all that is kept beside it.</summary>
    public override async Task<HashResponse> Hash(HashRequest request, ServerCallContext context)
    {
        await server.Access.RequireAdminAsync(context);
        return new HashResponse { Header = server.NewHeader(), Hash = StateHash.Of(server.Machine) };
    }

    public override async Task<MoveLeaderResponse> MoveLeader(MoveLeaderRequest request, ServerCallContext context)
    {
        await server.Access.IdentifyAsync(context);
        if (!server.Log.Status.IsLeader)
        {
            throw StoreServer.Refuse(EtcdError.NotLeader);
        }
        if (!server.Log.Membership.Voters.Contains(request.TargetID))
        {
            throw StoreServer.Refuse(EtcdError.BadTransferee);
        }
        try
        {
            await server.Log.TransferLeaderAsync(request.TargetID, context.CancellationToken);
        }
        catch (ReplicationException e)
        {
            throw StoreServer.Refuse(e.Reason == ReplicationFailure.Timeout ? EtcdError.TransferTimeout : StoreServer.ToError(e.Reason));
        }
        return new MoveLeaderResponse();
    }

    /// <summary>Answers as etcd does, but that none is ever begun: the store has no older version to go back to.</summary>
    public override Task<DowngradeResponse> Downgrade(DowngradeRequest request, ServerCallContext context)
    {
        if (request.Action == DowngradeRequest.Types.DowngradeAction.Cancel)
        {
            throw StoreServer.Refuse(EtcdError.NoInflightDowngrade);
        }
        if (!System.Version.TryParse(request.Version, out var target) || target.Revision >= 0)
        {
            throw StoreServer.Refuse(EtcdError.WrongDowngradeVersionFormat);
        }
        var version = System.Version.Parse(server.Options.Version);
        if (target.Major != version.Major || target.Minor != version.Minor - 1)
        {
            throw StoreServer.Refuse(EtcdError.InvalidDowngradeTargetVersion);
        }
        return request.Action == DowngradeRequest.Types.DowngradeAction.Enable
            ? throw NotBuilt("a downgrade")
            : Task.FromResult(new DowngradeResponse { Header = server.NewHeader(), Version = $"{version.Major}.{version.Minor}.0" });
    }

    private static RpcException NotBuilt(string what)
        => new(new Grpc.Core.Status(StatusCode.Unimplemented, $"etcdserver: {what} is not supported by this store"));
}
