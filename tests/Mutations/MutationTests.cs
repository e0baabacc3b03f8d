using Kube.RaftStore.Mutations.Catalogue;

namespace Kube.RaftStore.Mutations;

/// <summary>A check that cannot fail is no check. A few bugs by the seeds that show them; scripts/simulate --mutations hunts all of them.</summary>
public class MutationTests
{
    [Theory]
    [InlineData("votes-twice", 3)]
    [InlineData("commits-without-majority", 1)]
    [InlineData("learners-count", 1)]
    [InlineData("never-syncs", 1)]
    [InlineData("reads-without-quorum", 3)]
    public void A_planted_bug_is_found_and_its_absence_too(string name, int seed)
    {
        var bug = Bugs.All.Single(b => b.Name == name);
        Assert.False(Hunt.Run(bug, seed).IsSound, $"seed {seed} does not show {name}");
        var control = Hunt.Run(bug, seed, isAwake: false);
        Assert.True(control.IsSound, $"seed {seed} fails with {name} asleep too: {control.Failure}");
    }

    [Fact]
    public void Every_planted_bug_is_asked_for_in_the_store_by_its_own_name()
    {
        var planted = string.Concat(Bugs.All.SelectMany(bug => bug.Edits).Select(edit => edit.Planted));
        Assert.Equal(Bugs.All.Count, Bugs.All.Select(bug => bug.Name).Distinct().Count());
        Assert.Empty(Bugs.All.Where(bug => !planted.Contains($"Planted.Is(\"{bug.Name}\")", StringComparison.Ordinal)).Select(bug => bug.Name));
    }

    [Fact]
    public void A_place_that_is_gone_or_not_the_only_one_is_no_place()
    {
        var edit = new Edit("a.cs", "b", "B");
        Assert.Equal("aBc", Planter.Plant("abc", [edit]));
        Assert.Throws<PlantingException>(() => Planter.Plant("ac", [edit]));
        Assert.Throws<PlantingException>(() => Planter.Plant("abcb", [edit]));
        Assert.Throws<PlantingException>(() => Planter.Plant("abc", [edit, new Edit("a.cs", "ab", "AB")]));
    }
}
