using Xunit.Sdk;

namespace Kube.RaftStore.Tests.Raft;

/// <summary>
/// Many members, many odd schedules: the harness checks after every step what must always hold, then mends the world
/// and requires that the members come to the same end. A failure names its seed, which replays it exactly.
/// </summary>
public class SafetyTests
{
    private const int Seeds = 150;
    private const int Steps = 3000;

    [Fact]
    public void No_schedule_breaks_safety_and_a_mended_cluster_settles()
    {
        int healed = 0, commits = 0, elections = 0, reads = 0, snapshots = 0, changes = 0;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            var harness = new SafetyHarness(seed);
            try
            {
                harness.Run(Steps);
                healed += harness.Heal() ? 1 : 0;
            }
            catch (Exception e)
            {
                throw new XunitException($"seed {seed}: {e.Message}", e);
            }

            commits += harness.Commits;
            elections += harness.Elections;
            reads += harness.Reads;
            snapshots += harness.SnapshotsInstalled;
            changes += harness.ConfChanges;
        }

        // A run in which nothing happens proves nothing.
        Assert.True(
            healed > Seeds * 3 / 4 && commits > Seeds * 10 && elections > Seeds && reads > Seeds && snapshots > Seeds / 10 && changes > Seeds,
            $"{healed} healed, {commits} commits, {elections} elections, {reads} reads, {snapshots} snapshots, {changes} configuration changes");
    }
}
