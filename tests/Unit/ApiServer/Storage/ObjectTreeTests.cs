using FsCheck;
using FsCheck.Fluent;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Tests.Storage;

/// <summary>The persistent tree against a sorted dictionary.</summary>
public sealed class ObjectTreeTests
{
    [Fact]
    public void Behaves_like_a_sorted_dictionary()
    {
        var step = from add in Gen.Elements(true, true, false)
                   from key in Gen.Choose(0, 600)
                   select (add, key: "ns" + (key % 7) + "/n" + key);
        var property = Prop.ForAll(Arb.From(Gen.ListOf(step, 1500)), steps =>
        {
            var tree = ObjectTree.Empty;
            var twin = new SortedDictionary<string, CachedObject>(StringComparer.Ordinal);
            foreach (var (add, key) in steps)
            {
                CachedObject? previous;
                var expected = twin.GetValueOrDefault(key);
                if (add)
                {
                    var item = Item(key);
                    tree = tree.Set(item, out previous);
                    twin[key] = item;
                }
                else
                {
                    tree = tree.Remove(key, out previous);
                    twin.Remove(key);
                }

                Assert.Same(expected, previous);
                Assert.Equal(twin.Count, tree.Count);
            }

            Assert.Equal(twin.Values, tree.Range(""));
            Assert.Equal(twin.Values.Where(v => v.Key.StartsWith("ns3/", StringComparison.Ordinal)), tree.Range("ns3/"));
            Assert.Equal(twin.Values.Where(v => v.Key.StartsWith("ns3/", StringComparison.Ordinal) && string.CompareOrdinal(v.Key, "ns3/n2") >= 0), tree.Range("ns3/", "ns3/n2"));
            foreach (var (prefix, start) in new[] { ("", null), ("ns3/", null), ("ns3/", "ns3/n2"), ("ns6/", "ns6/n599"), ("ns9/", null), ("", "ns4/"), ("ns3/", "ns5/") })
            {
                Assert.Equal(tree.Range(prefix, start).Count(), tree.CountRange(prefix, start));
            }

            Assert.All(twin, pair => Assert.Same(pair.Value, tree.Find(pair.Key)));
            Assert.Null(tree.Find("ns3/absent"));
        });
        property.Check(Config.QuickThrowOnFailure.WithMaxTest(30));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(10_000)]
    public void Builds_from_sorted_objects(int count)
    {
        var items = Enumerable.Range(0, count).Select(i => Item("n" + i.ToString("D6"))).ToList();
        var tree = ObjectTree.FromSorted(items);
        Assert.Equal(count, tree.Count);
        Assert.Equal(items, tree.Range(""));
        Assert.All(items, i => Assert.Same(i, tree.Find(i.Key)));
    }

    [Fact]
    public void A_change_leaves_earlier_trees_alone()
    {
        var before = ObjectTree.FromSorted([.. Enumerable.Range(0, 500).Select(i => Item("n" + i.ToString("D3")))]);
        var keys = before.Range("").Select(i => i.Key).ToList();
        var after = before;
        foreach (var key in keys)
        {
            after = after.Remove(key, out _);
        }

        Assert.Equal(0, after.Count);
        Assert.Empty(after.Range(""));
        Assert.Equal(keys, before.Range("").Select(i => i.Key));
    }

    private static CachedObject Item(string key) => new(key, [], 1, null, key, LabelSet.Empty, []);
}
