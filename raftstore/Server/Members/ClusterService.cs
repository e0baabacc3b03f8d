using Etcd.V3;
using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Raft.Configuration;
using Kube.Store.V1;

namespace Kube.RaftStore.Server.Members;

/// <summary>etcd's Cluster service.</summary>
/// <remarks>
/// A change is decided upon here, by the members as this member knows them behind a read barrier, and goes into the log with
/// the fingerprint of that membership. A leader that has another one in force refuses, and the decision is made anew: so
/// what was checked holds where the change takes effect, whichever member was asked.
/// </remarks>
public sealed partial class ClusterService(StoreServer server, IPeerHealth health, TimeProvider time) : Cluster.ClusterBase
{
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromMilliseconds(20);

    /// <summary>As long as any request may wait in etcd: 5 s and two election time-outs.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(7);

    public override async Task<MemberListResponse> MemberList(MemberListRequest request, ServerCallContext context)
    {
        server.RefuseOnLearner();
        if (request.Linearizable)
        {
            await server.ReadBarrierAsync(context.CancellationToken);
        }
        var response = new MemberListResponse { Header = Header() };
        response.Members.AddRange(Members());
        return response;
    }

    public override async Task<MemberUpdateResponse> MemberUpdate(MemberUpdateRequest request, ServerCallContext context)
    {
        await server.Access.RequireAdminAsync(context);
        if (!MemberChecks.TryReadUrls(request.PeerURLs, out var urls))
        {
            throw StoreServer.Refuse(EtcdError.BadMemberUrls);
        }
        await server.ReadBarrierAsync(context.CancellationToken);
        var change = new MemberChange { Kind = MemberChange.Types.Kind.Update, Id = request.ID };
        change.PeerUrls.AddRange(urls);
        await server.ProposeAsync<MemberChange>(new Command { MemberChange = change }, context.CancellationToken);
        var response = new MemberUpdateResponse { Header = Header() };
        response.Members.AddRange(Members());
        return response;
    }

    /// <summary>Decides upon a change and proposes it, as often as another change comes in between.</summary>
    /// <param name="decide">What is to be changed in Raft's configuration, or why not.</param>
    /// <param name="command">What is to be changed in the table of members.</param>
    /// <param name="cancellationToken">Gives the wait up; the change may still take effect.</param>
    private async Task ChangeAsync(
        Func<IReadOnlyDictionary<ulong, StoreMember>, Decision> decide, MemberChange command, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        while (true)
        {
            await server.ReadBarrierAsync(cancellationToken);
            if (await TryChangeAsync(decide, command, cancellationToken))
            {
                return;
            }
            if (time.GetElapsedTime(begin) > s_patience)
            {
                throw StoreServer.Refuse(EtcdError.Timeout);
            }
            await Task.Delay(s_retryAfter, time, cancellationToken);
        }
    }

    private async Task<bool> TryChangeAsync(
        Func<IReadOnlyDictionary<ulong, StoreMember>, Decision> decide, MemberChange command, CancellationToken cancellationToken)
    {
        var table = server.Machine.Members;
        var (members, membership) = (table.All, server.Log.Membership);
        if (!table.IsComplete || !membership.Members.SequenceEqual(members.Keys))
        {
            // The one is ahead of the other by what is being applied.
            return false;
        }
        var decision = decide(members);
        if (decision.Refusal is { } refusal)
        {
            throw StoreServer.Refuse(refusal);
        }
        var change = ConfChange.Single(decision.Kind, command.Id) with
        {
            Base = membership.Fingerprint,
            LearnersMustBeReady = command.Kind == MemberChange.Types.Kind.Promote,
        };
        return await server.TryProposeConfChangeAsync(change, new Command { MemberChange = command }, cancellationToken);
    }

    private static Dictionary<ulong, StoreMember> Voters(IReadOnlyDictionary<ulong, StoreMember> members)
        => members.Where(static member => !member.Value.IsLearner).ToDictionary();

    private bool IsConnected(ulong member) => member == server.Options.MemberId || health.ConnectedFor(member) is not null;

    private bool IsHealthy(ulong member)
        => member == server.Options.MemberId || health.ConnectedFor(member) >= MemberChecks.HealthInterval;

    /// <summary>The members, by id; those of the configuration until the log has told who they are.</summary>
    private IEnumerable<Member> Members()
    {
        var table = server.Machine.Members;
        var members = table.All;
        return table.IsComplete
            ? members.OrderBy(static member => member.Key).Select(static member => ToMessage(member.Key, member.Value))
            : server.Options.Members.OrderBy(static member => member.Id).Select(configured => ToMessage(
                configured.Id,
                (members.GetValueOrDefault(configured.Id) ?? new StoreMember("", [], [], configured.IsLearner)) with { PeerUrls = configured.PeerUrls }));
    }

    /// <summary>As in etcd the header of the cluster service names no revision.</summary>
    private ResponseHeader Header()
    {
        var header = server.NewHeader();
        header.Revision = 0;
        return header;
    }

    private static Member ToMessage(ulong id, StoreMember member)
    {
        var message = new Member { ID = id, Name = member.Name, IsLearner = member.IsLearner };
        message.PeerURLs.AddRange(member.PeerUrls);
        message.ClientURLs.AddRange(member.ClientUrls);
        return message;
    }

    /// <summary>What becomes of a request: a step in Raft's configuration, or a refusal.</summary>
    private readonly record struct Decision(ConfChangeKind Kind, EtcdError? Refusal);
}
