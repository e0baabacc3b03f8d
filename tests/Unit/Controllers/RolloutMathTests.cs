using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Apps.V1;
using Kube.Api.Values;
using Kube.Controllers.Deployments;

namespace Kube.Controllers.Tests;

public sealed class RolloutMathTests
{
    [Theory]
    [InlineData(10, "25%", "25%", 3, 2)]
    [InlineData(4, "25%", "25%", 1, 1)]
    [InlineData(1, "25%", "25%", 1, 0)]
    [InlineData(3, "0%", "25%", 0, 1)]
    [InlineData(0, "25%", "25%", 0, 0)]
    [InlineData(5, "100%", "50%", 5, 2)]
    [InlineData(2, "0", "200%", 0, 2)]
    public void Bounds_round_surge_up_and_unavailable_down(int replicas, string surge, string unavailable, int maxSurge, int maxUnavailable)
    {
        var deployment = Make.Deployment(replicas, surge == "0" ? 0 : surge, unavailable);
        Assert.Equal(maxSurge, RolloutMath.MaxSurge(deployment));
        Assert.Equal(maxUnavailable, RolloutMath.MaxUnavailable(deployment));
    }

    [Theory]
    [InlineData(10, 3, 0, 10, 3)] // room for the surge only
    [InlineData(10, 3, 3, 10, 3)]
    [InlineData(10, 3, 5, 5, 8)]
    [InlineData(10, 3, 9, 2, 10)] // never beyond what is desired
    [InlineData(10, 0, 0, 10, 0)]
    public void The_newest_set_grows_into_the_room_there_is(int desired, int surge, int newSize, int oldSize, int expected) =>
        Assert.Equal(expected, RolloutMath.NewSetSize(Make.Deployment(desired, surge, 1), [Make.Set("new", newSize), Make.Set("old", oldSize)], newSize));

    [Theory]
    [InlineData(10, 2, 10, 10, 0, 0, 8)] // available pods beyond the minimum go
    [InlineData(10, 0, 10, 10, 3, 0, 10)] // none may be missing and none of the new ones is there yet
    [InlineData(10, 0, 10, 8, 3, 3, 7)] // two that are not available, and one for what the new ones add
    [InlineData(10, 2, 0, 0, 10, 10, 0)]
    public void Old_sets_shrink_as_far_as_enough_remain(int desired, int unavailable, int oldSize, int oldAvailable, int newSize, int newAvailable, int expected)
    {
        var old = Make.Set("old", oldSize, oldAvailable);
        var changes = RolloutMath.ShrinkOldSets(Make.Deployment(desired, 3, unavailable), [old], Make.Set("new", newSize, newAvailable));
        Assert.Equal(expected, changes.Select(static change => (int?)change.Size).SingleOrDefault() ?? oldSize);
    }

    [Fact]
    public void One_active_set_takes_a_new_size_alone() =>
        Assert.Equal([("b", 7)], Named(RolloutMath.Scale(Make.Deployment(7), Make.Set("a", 0), [Make.Set("b", 5, desired: 5)])));

    [Fact]
    public void A_finished_rollout_leaves_nothing_to_old_sets() =>
        Assert.Equal([("old", 0)], Named(RolloutMath.Scale(Make.Deployment(5), Make.Set("new", 5, 5, desired: 5), [Make.Set("old", 1)])));

    [Theory]
    [InlineData(20, 10, 13, "5,8", "10,16")] // doubled, the surge of 26 shared by size
    [InlineData(5, 10, 13, "5,8", "3,4")]
    [InlineData(0, 10, 13, "5,8", "0,0")]
    public void In_the_midst_of_a_rollout_sets_share_by_size(int desired, int formerDesired, int formerMax, string sizes, string expected)
    {
        var given = sizes.Split(',').Select(int.Parse).ToArray();
        var newest = Make.Set("new", given[0], 0, ageSeconds: 1, desired: formerDesired, max: formerMax);
        var old = Make.Set("old", given[1], desired: formerDesired, max: formerMax);
        var scaled = RolloutMath.Scale(Make.Deployment(desired, "30%", "25%"), newest, [old]).ToDictionary(static change => change.Set.Metadata.Name!, static change => change.Size);
        Assert.Equal(expected, $"{scaled["new"]},{scaled["old"]}");
        Assert.Equal(desired == 0 ? 0 : desired + RolloutMath.MaxSurge(Make.Deployment(desired, "30%", "25%")), scaled.Values.Sum());
    }

    [Fact]
    public void Every_rollout_stays_within_its_bounds_and_comes_to_its_end()
    {
        var gen = from desired in Gen.Choose(0, 12)
                  from surge in Gen.Choose(0, 120)
                  from unavailable in Gen.Choose(0, 120)
                  from olds in Gen.Choose(1, 3)
                  from seed in Gen.Choose(0, 100000)
                  select (desired, surge, unavailable, olds, seed);
        Prop.ForAll(gen.ToArbitrary(), run => { RunToEnd(run.desired, run.surge, run.unavailable, run.olds, (ulong)run.seed); return true; })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private static void RunToEnd(int desired, int surge, int unavailable, int olds, ulong seed)
    {
        var random = new Kube.Base.Prng(seed);
        var deployment = Make.Deployment(desired, surge + "%", unavailable + "%");
        var old = new List<ReplicaSet> { Make.Set("old0", desired) };
        for (var i = 1; i < olds; i++)
        {
            old.Add(Make.Set("old" + i, 0));
        }

        var newest = Make.Set("new", 0);
        var minAvailable = desired - RolloutMath.MaxUnavailable(deployment);
        for (var step = 0; step < 500; step++)
        {
            var size = RolloutMath.NewSetSize(deployment, old.Append(newest), RolloutMath.Size(newest));
            if (size != RolloutMath.Size(newest))
            {
                newest.Spec!.Replicas = size;
            }
            else
            {
                foreach (var (set, less) in RolloutMath.ShrinkOldSets(deployment, old, newest))
                {
                    Assert.InRange(less, 0, RolloutMath.Size(set));
                    set.Spec!.Replicas = less;
                }
            }

            Assert.True(RolloutMath.Total(old.Append(newest)) <= desired + RolloutMath.MaxSurge(deployment), "more pods than the surge allows");
            foreach (var set in old.Append(newest))
            {
                // A set keeps its available pods first; new ones become available now and then.
                var available = Math.Min(set.Status!.AvailableReplicas, RolloutMath.Size(set));
                set.Status.AvailableReplicas = available + random.Next(RolloutMath.Size(set) - available + 1);
                set.Status.Replicas = RolloutMath.Size(set);
            }

            Assert.True(old.Append(newest).Sum(static set => set.Status!.AvailableReplicas) >= minAvailable, "fewer available pods than allowed");
            if (RolloutMath.Size(newest) == desired && RolloutMath.Total(old) == 0)
            {
                return;
            }
        }

        Assert.Fail("the rollout never ended");
    }

    private static IEnumerable<(string?, int)> Named(IEnumerable<(ReplicaSet Set, int Size)> changes) =>
        changes.Select(static change => (change.Set.Metadata.Name, change.Size));
}
