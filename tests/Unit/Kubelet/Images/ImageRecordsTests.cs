using FsCheck;
using FsCheck.Fluent;
using Kube.Kubelet.Images;
using Kube.Kubelet.Tests.Fakes;

namespace Kube.Kubelet.Tests.Images;

public class ImageRecordsTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(100, 16, 0)]
    [InlineData(100, 15, 5)]
    [InlineData(100, 0, 20)]
    [InlineData(100, 500, 0)]
    public void From_85_percent_on_what_brings_the_disk_to_80_percent_must_go(long capacity, long available, long bytes) =>
        Assert.Equal(bytes, new ImagePolicy().BytesToFree(capacity, available));

    [Fact]
    public void The_longest_unused_goes_first_and_what_is_used_pinned_or_young_stays()
    {
        ImageRecords records = new();
        NodeImage[] first = [new("used", 1, false), new("pinned", 1, true), new("old", 1, false), new("older", 1, false)];
        records.Look(first, new HashSet<string> { "used", "old", "older" }, Pods.Now);
        records.Look(first, new HashSet<string> { "used", "old" }, Pods.Now + Minute);
        NodeImage[] later = [.. first, new("young", 1, false)];
        records.Look(later, new HashSet<string> { "used" }, Pods.Now + (2 * Minute));

        Assert.Equal(["older", "old"], records.Removable(2 * Minute, Pods.Now + (3 * Minute)).Select(i => i.Id));
        Assert.Equal(["young", "older", "old"], records.Removable(2 * Minute, Pods.Now + (4 * Minute)).Select(i => i.Id));
    }

    [Fact]
    public void An_image_that_came_back_is_young_again()
    {
        ImageRecords records = new();
        records.Look([new("a", 1, false)], new HashSet<string>(), Pods.Now);
        records.Look([], new HashSet<string>(), Pods.Now + Minute);
        records.Look([new("a", 1, false)], new HashSet<string>(), Pods.Now + (2 * Minute));

        Assert.Empty(records.Removable(2 * Minute, Pods.Now + (3 * Minute)));
    }

    [Fact]
    public void The_maximum_age_counts_from_the_last_use_or_from_when_the_image_came()
    {
        ImageRecords records = new();
        records.Look([], new HashSet<string>(), Pods.Now);
        NodeImage[] images = [new("never", 1, false), new("once", 1, false), new("used", 1, false)];
        records.Look(images, new HashSet<string> { "once", "used" }, Pods.Now + Minute);
        records.Look(images, new HashSet<string> { "once", "used" }, Pods.Now + (5 * Minute));
        records.Look(images, new HashSet<string> { "used" }, Pods.Now + (6 * Minute));

        Assert.Equal(["never"], records.TooOld(4 * Minute, Pods.Now + (6 * Minute)));
        Assert.Equal(["never", "once"], records.TooOld(4 * Minute, Pods.Now + (10 * Minute)).Order());
    }

    /// <summary>Against a twin that keeps every look and works out each image's life from them.</summary>
    [Fact]
    public void What_may_go_follows_from_all_looks()
    {
        Gen<(int Present, int Used)> look = from present in Gen.Choose(0, 31)
                                            from used in Gen.Choose(0, 31)
                                            select (present, used);
        Prop.ForAll(look.ListOf().ToArbitrary(), list =>
        {
            List<(int Present, int Used)> looks = [.. list];
            ImageRecords records = new();
            for (int i = 0; i < looks.Count; i++)
            {
                records.Look([.. Of(looks[i].Present).Select(id => new NodeImage(id, 1, false))], Of(looks[i].Used).ToHashSet(), Pods.Now + (i * Minute));
            }

            DateTimeOffset now = Pods.Now + (looks.Count * Minute);
            List<string> expected = looks.Count == 0 ? [] : [.. Of(looks[^1].Present & ~looks[^1].Used)
                .Select(id => (Id: id, Life: Life(looks, id)))
                .Where(i => now - i.Life.Found >= 3 * Minute)
                .OrderBy(i => i.Life.Used).ThenBy(i => i.Life.Found).ThenBy(i => i.Id, StringComparer.Ordinal)
                .Select(i => i.Id)];
            Assert.Equal(expected, records.Removable(3 * Minute, now).Select(i => i.Id));
        }).QuickCheckThrowOnFailure();
    }

    private static (DateTimeOffset Found, DateTimeOffset Used) Life(List<(int Present, int Used)> looks, string id)
    {
        int found = looks.Count - 1;
        while (found > 0 && Of(looks[found - 1].Present).Contains(id))
        {
            found--;
        }

        DateTimeOffset used = DateTimeOffset.MinValue;
        for (int i = found; i < looks.Count; i++)
        {
            used = Of(looks[i].Used).Contains(id) ? Pods.Now + (i * Minute) : used;
        }

        return (found == 0 ? DateTimeOffset.MinValue : Pods.Now + (found * Minute), used);
    }

    private static IEnumerable<string> Of(int bits) => Enumerable.Range(0, 5).Where(b => (bits & (1 << b)) != 0).Select(b => "i" + b);
}
