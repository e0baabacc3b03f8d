using Etcd.V3;
using Grpc.Core;

namespace Kube.RaftStore.Server.Members;

/// <summary>etcd's Cluster service. The members are those of the configuration; changing them is not built yet, and says so.</summary>
public sealed class ClusterService(StoreServer server) : Etcd.V3.Cluster.ClusterBase
{
    public override async Task<MemberListResponse> MemberList(MemberListRequest request, ServerCallContext context)
    {
        if (request.Linearizable)
        {
            await server.ReadBarrierAsync(context.CancellationToken);
        }
        var response = new MemberListResponse { Header = server.NewHeader() };
        // As in etcd the header of the cluster service names no revision.
        response.Header.Revision = 0;
        var published = server.Machine.Members.All;
        foreach (var configured in server.Options.Members.OrderBy(static member => member.Id))
        {
            var member = new Member { ID = configured.Id };
            member.PeerURLs.AddRange(configured.PeerUrls);
            if (published.TryGetValue(configured.Id, out var told))
            {
                member.Name = told.Name;
                member.ClientURLs.AddRange(told.ClientUrls);
            }
            response.Members.Add(member);
        }
        return response;
    }

    public override Task<MemberAddResponse> MemberAdd(MemberAddRequest request, ServerCallContext context) => throw NotBuilt();

    public override Task<MemberRemoveResponse> MemberRemove(MemberRemoveRequest request, ServerCallContext context) => throw NotBuilt();

    public override Task<MemberUpdateResponse> MemberUpdate(MemberUpdateRequest request, ServerCallContext context) => throw NotBuilt();

    public override Task<MemberPromoteResponse> MemberPromote(MemberPromoteRequest request, ServerCallContext context) => throw NotBuilt();

    private static RpcException NotBuilt()
        => new(new Status(StatusCode.Unimplemented, "etcdserver: changing the members of a running cluster is not supported by this store"));
}
