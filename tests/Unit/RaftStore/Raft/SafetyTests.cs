namespace Kube.RaftStore.Tests.Raft;

public class SafetyTests
{
    [Fact]
    public void Random_schedules_never_break_safety_and_healed_clusters_agree()
    {
        int commits = 0, elections = 0, reads = 0, snapshots = 0, changes = 0, wipes = 0;
        for (ulong seed = 1; seed <= 60; seed++)
        {
            var harness = new SafetyHarness(seed);
            try
            {
                harness.Run(6000);
                harness.Heal();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }

            commits += harness.Commits;
            elections += harness.Elections;
            reads += harness.Reads;
            snapshots += harness.SnapshotsInstalled;
            changes += harness.ConfChanges;
            wipes += harness.Wipes;
        }

        // The schedules must reach what they are there to test.
        Assert.True(commits > 1000, $"{commits} commits");
        Assert.True(elections > 100, $"{elections} elections");
        Assert.True(reads > 100, $"{reads} reads");
        Assert.True(snapshots > 20, $"{snapshots} snapshots");
        Assert.True(changes > 100, $"{changes} membership changes");
        Assert.True(wipes > 10, $"{wipes} wiped disks");
    }

    /// <summary>The check that a member which lost its data must not vote: without it some schedule loses an entry.</summary>
    [Fact]
    public void Trusting_a_member_that_lost_its_data_is_found_out()
    {
        for (ulong seed = 1; seed <= 400; seed++)
        {
            try
            {
                var harness = new SafetyHarness(seed, trustsTheForgetful: true);
                harness.Run(6000);
            }
            catch (Exception e) when (e is Xunit.Sdk.XunitException or Kube.Base.InvariantException)
            {
                return;
            }
        }

        Assert.Fail("400 schedules did not find the planted bug");
    }
}
