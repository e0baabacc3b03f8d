using Kube.RaftStore.Apply;
using Kube.RaftStore.Server.Members;

namespace Kube.RaftStore.Tests.Server;

/// <summary>When a change of members would put the quorum at risk. S started, U never started; upper case healthy,
/// lower case out of reach.</summary>
public class MemberChecksTests
{
    [Theory]
    [InlineData("S", false, null)]
    [InlineData("SSS", false, null)]
    [InlineData("SSs", false, "unhealthy cluster")]
    [InlineData("SSs", true, "unhealthy cluster")]
    [InlineData("SSSSs", false, null)]
    [InlineData("SU", false, "re-configuration failed due to not enough started members")]
    [InlineData("SU", true, null)]
    [InlineData("SSU", false, "re-configuration failed due to not enough started members")]
    [InlineData("SSSU", false, null)]
    public void Adding(string members, bool isLearner, string? refusal)
        => Assert.Equal(refusal is null ? null : "etcdserver: " + refusal, MemberChecks.QuorumWithOneMore(Read(members), isLearner, Healthy(members))?.Text);

    [Theory]
    [InlineData("SSS", 1, null)]
    [InlineData("SSS", 0, null)]
    [InlineData("SSs", 2, null)]
    [InlineData("SSs", 1, "unhealthy cluster")]
    [InlineData("SSs", 0, "unhealthy cluster")]
    [InlineData("SU", 0, "re-configuration failed due to not enough started members")]
    [InlineData("Ss", 1, null)]
    [InlineData("SSSss", 4, null)]
    [InlineData("SSSss", 1, "unhealthy cluster")]
    public void Removing(string members, int index, string? refusal)
        => Assert.Equal(
            refusal is null ? null : "etcdserver: " + refusal,
            MemberChecks.QuorumWithout((ulong)index, 0, Read(members), Healthy(members), Healthy(members))?.Text);

    [Theory]
    [InlineData("S", null)]
    [InlineData("SSS", null)]
    [InlineData("SSU", null)]
    [InlineData("SUU", "re-configuration failed due to not enough started members")]
    public void Promoting(string members, string? refusal)
        => Assert.Equal(refusal is null ? null : "etcdserver: " + refusal, MemberChecks.QuorumWithPromoted(Read(members))?.Text);

    private static Dictionary<ulong, StoreMember> Read(string members)
        => members.Select(static (kind, id) => ((ulong)id, new StoreMember(char.ToUpperInvariant(kind) == 'S' ? "name" : "", [], [], false))).ToDictionary();

    private static Func<ulong, bool> Healthy(string members) => id => char.IsUpper(members[(int)id]);
}
