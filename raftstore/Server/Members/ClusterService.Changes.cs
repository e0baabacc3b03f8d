using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Etcd.V3;
using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Raft.Configuration;
using Kube.Store.V1;

namespace Kube.RaftStore.Server.Members;

public sealed partial class ClusterService
{
    public override async Task<MemberAddResponse> MemberAdd(MemberAddRequest request, ServerCallContext context)
    {
        await server.Access.RequireAdminAsync(context);
        if (!MemberChecks.TryReadUrls(request.PeerURLs, out var urls))
        {
            throw StoreServer.Refuse(EtcdError.BadMemberUrls);
        }
        var command = new MemberChange
        {
            Kind = request.IsLearner ? MemberChange.Types.Kind.AddLearner : MemberChange.Types.Kind.Add,
            Id = NewId(urls),
        };
        command.PeerUrls.AddRange(urls);
        await ChangeAsync(members => DecideAdd(members, command, urls), command, context.CancellationToken);
        var response = new MemberAddResponse { Header = Header(), Member = new Member { ID = command.Id, IsLearner = request.IsLearner } };
        response.Member.PeerURLs.AddRange(urls);
        response.Members.AddRange(Members());
        return response;
    }

    public override async Task<MemberRemoveResponse> MemberRemove(MemberRemoveRequest request, ServerCallContext context)
    {
        await server.Access.RequireAdminAsync(context);
        var command = new MemberChange { Kind = MemberChange.Types.Kind.Remove, Id = request.ID };
        await ChangeAsync(members => DecideRemove(members, request.ID), command, context.CancellationToken);
        var response = new MemberRemoveResponse { Header = Header() };
        response.Members.AddRange(Members());
        return response;
    }

    public override async Task<MemberPromoteResponse> MemberPromote(MemberPromoteRequest request, ServerCallContext context)
    {
        await server.Access.RequireAdminAsync(context);
        var command = new MemberChange { Kind = MemberChange.Types.Kind.Promote, Id = request.ID };
        await ChangeAsync(members => DecidePromote(members, request.ID), command, context.CancellationToken);
        var response = new MemberPromoteResponse { Header = Header() };
        response.Members.AddRange(Members());
        return response;
    }

    private Decision DecideAdd(IReadOnlyDictionary<ulong, StoreMember> members, MemberChange command, IReadOnlyList<string> urls)
    {
        var isLearner = command.Kind == MemberChange.Types.Kind.AddLearner;
        var kind = isLearner ? ConfChangeKind.AddLearner : ConfChangeKind.AddVoter;
        if (server.Options.StrictReconfigCheck && MemberChecks.QuorumWithOneMore(Voters(members), isLearner, IsHealthy) is { } unsafeNow)
        {
            return new Decision(kind, unsafeNow);
        }
        if (server.Machine.Members.IsRemoved(command.Id))
        {
            return new Decision(kind, EtcdError.MemberNotFound);
        }
        if (members.ContainsKey(command.Id))
        {
            return new Decision(kind, EtcdError.MemberExists);
        }
        if (server.Machine.Members.HasPeerUrl(urls))
        {
            return new Decision(kind, EtcdError.PeerUrlExists);
        }
        var learners = members.Values.Count(static member => member.IsLearner);
        return new Decision(kind, isLearner && learners >= MemberTable.MaxLearners ? EtcdError.TooManyLearners : null);
    }

    private Decision DecideRemove(IReadOnlyDictionary<ulong, StoreMember> members, ulong id)
    {
        if (!members.TryGetValue(id, out var member))
        {
            return new Decision(ConfChangeKind.Remove, EtcdError.MemberNotFound);
        }
        return new Decision(
            ConfChangeKind.Remove,
            server.Options.StrictReconfigCheck && !member.IsLearner
                ? MemberChecks.QuorumWithout(id, server.Options.MemberId, Voters(members), IsConnected, IsHealthy)
                : null);
    }

    private Decision DecidePromote(IReadOnlyDictionary<ulong, StoreMember> members, ulong id)
    {
        if (!members.TryGetValue(id, out var member))
        {
            return new Decision(ConfChangeKind.AddVoter, EtcdError.MemberNotFound);
        }
        if (!member.IsLearner)
        {
            return new Decision(ConfChangeKind.AddVoter, EtcdError.MemberNotLearner);
        }
        return new Decision(
            ConfChangeKind.AddVoter, server.Options.StrictReconfigCheck ? MemberChecks.QuorumWithPromoted(Voters(members)) : null);
    }

    /// <summary>A new member's id, as etcd makes it: of its URLs and the time, so that one that was removed can come back
    /// with the same URLs as another member. SHA-1 names things here; it keeps no secret.</summary>
    private ulong NewId(IReadOnlyList<string> urls)
    {
        var seed = string.Concat(urls) + time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return BinaryPrimitives.ReadUInt64BigEndian(SHA1.HashData(Encoding.UTF8.GetBytes(seed)));
    }
}
