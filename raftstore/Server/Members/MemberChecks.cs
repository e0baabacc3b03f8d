using Kube.RaftStore.Apply;

namespace Kube.RaftStore.Server.Members;

/// <summary>
/// What etcd refuses before a change of members is proposed (server/etcdserver: mayAddMember, mayRemoveMember,
/// mayPromoteMember; api/membership: ValidateConfigurationChange). Pure.
/// </summary>
internal static class MemberChecks
{
    /// <summary>How long a connection must have stood for its member to count as healthy.</summary>
    public static readonly TimeSpan HealthInterval = TimeSpan.FromSeconds(5);

    /// <summary>The peer URLs as they are kept: trimmed and in order.</summary>
    /// <returns>False when they are none, or not such URLs.</returns>
    public static bool TryReadUrls(IEnumerable<string> given, out string[] urls)
    {
        urls = [.. given.Select(static url => url.Trim()).Order(StringComparer.Ordinal)];
        return urls.Length > 0 && urls.All(IsPeerUrl);
    }

    /// <summary>The quorum's safety when a member is added; null when nothing stands against it.</summary>
    /// <param name="voters">The voting members.</param>
    /// <param name="isLearner">Whether it is added without a vote.</param>
    /// <param name="isHealthy">Whether this member has long been connected to another; true for itself.</param>
    public static EtcdError? QuorumWithOneMore(
        IReadOnlyDictionary<ulong, StoreMember> voters, bool isLearner, Func<ulong, bool> isHealthy)
    {
        var members = voters.Count + 1;
        var started = voters.Values.Count(static voter => voter.IsStarted);
        // One of two is how a lost cluster is rebuilt from a single member.
        if (!isLearner && !(started == 1 && members == 2) && started < Quorum(members))
        {
            return EtcdError.NotEnoughStartedMembers;
        }
        return voters.Keys.Count(isHealthy) < Quorum(voters.Count + 1) && voters.Count > 1 ? EtcdError.Unhealthy : null;
    }

    /// <summary>The quorum's safety when a member goes.</summary>
    public static EtcdError? QuorumWithout(
        ulong id, ulong self, IReadOnlyDictionary<ulong, StoreMember> voters, Func<ulong, bool> isConnected, Func<ulong, bool> isHealthy)
    {
        var left = voters.Where(voter => voter.Key != id).ToList();
        if (left.Count(static voter => voter.Value.IsStarted) < Quorum(left.Count))
        {
            return EtcdError.NotEnoughStartedMembers;
        }
        // One that is down is not part of the quorum that works.
        return id != self && !isConnected(id) || voters.Keys.Count(isHealthy) - 1 >= Quorum(voters.Count - 1) ? null : EtcdError.Unhealthy;
    }

    /// <summary>The quorum's safety when a learner becomes a voter, which counts as started.</summary>
    public static EtcdError? QuorumWithPromoted(IReadOnlyDictionary<ulong, StoreMember> voters)
        => 1 + voters.Values.Count(static voter => voter.IsStarted) < Quorum(voters.Count + 1) ? EtcdError.NotEnoughStartedMembers : null;

    private static int Quorum(int members) => (members / 2) + 1;

    private static bool IsPeerUrl(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            && url.AbsolutePath == "/" && !text.EndsWith('/') && HasPort(text);

    private static bool HasPort(string text)
    {
        var authority = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var colon = authority.LastIndexOf(':');
        return colon > 0 && colon > authority.LastIndexOf(']') && ushort.TryParse(authority.AsSpan(colon + 1), out _);
    }
}
