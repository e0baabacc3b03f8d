using Grpc.Core;
using Kube.Raft.V1;

namespace Kube.RaftStore.Transport.Grpc;

/// <summary>A running cluster as one of its members describes it.</summary>
public sealed record KnownCluster(ulong ClusterId, IReadOnlyList<KnownMember> Members);

/// <summary>Asks members of a running cluster who they are.</summary>
public static class MemberProbe
{
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Asks one member at a peer URL.</summary>
    /// <exception cref="RpcException">It does not answer within five seconds, or does not know.</exception>
    public static async Task<KnownCluster> AskAsync(Uri peerUrl, PeerTls? tls, TimeProvider time, CancellationToken cancellationToken)
    {
        using var channel = PeerChannel.Open(peerUrl, tls, s_connectTimeout, time);
        var reply = await new Kube.Raft.V1.RaftPeer.RaftPeerClient(channel)
            .MembersAsync(new MembersRequest(), deadline: time.GetUtcNow().UtcDateTime.AddSeconds(5), cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return new KnownCluster(
            reply.ClusterId, [.. reply.Members.Select(static m => new KnownMember(m.Id, m.Name, [.. m.PeerUrls], m.IsLearner))]);
    }
}
