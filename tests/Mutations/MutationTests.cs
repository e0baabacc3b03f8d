using Kube.RaftStore.Mutations.Catalogue;
using Xunit.Abstractions;

namespace Kube.RaftStore.Mutations;

/// <summary>A check that cannot fail is no check. A few bugs by the seeds that show them; scripts/simulate --mutations hunts all of them.</summary>
public class MutationTests(ITestOutputHelper output)
{
    /// <summary>Seeds that a hunt in the suite may take; scripts/simulate --mutations allows more.</summary>
    private const int MostSeeds = 20;

    [Theory]
    [InlineData("votes-twice")]
    [InlineData("commits-without-majority")]
    [InlineData("learners-count")]
    [InlineData("never-syncs")]
    [InlineData("reads-without-quorum")]
    public void A_planted_bug_is_found_and_its_absence_too(string name)
    {
        var hunted = Hunt.For(Bugs.All.Single(b => b.Name == name), MostSeeds);
        output.WriteLine($"{name}: {hunted.Seeds} seeds, shown by {hunted.ShownBy}");
        Assert.True(hunted.Found is not null, $"{MostSeeds} seeds do not show {name}");
        Assert.True(hunted.Control!.IsSound, $"seed {hunted.Seeds} fails with {name} asleep too: {hunted.Control.Failure}");
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
