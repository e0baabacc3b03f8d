using System.Text;
using Kube.Base;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Tests.Mvcc;

/// <summary>The tree against a sorted set, through growth to several levels and back to nothing.</summary>
public class KeyTreeTests
{
    [Theory]
    [InlineData(1, 20_000, 30_000)]
    [InlineData(2, 3_000, 500)]
    [InlineData(3, 9_000, 100_000)]
    public void Tree_holds_what_a_sorted_set_holds(ulong seed, int steps, int keySpace)
    {
        var random = new Prng(seed);
        var tree = KeyTree.Empty;
        var set = new SortedSet<string>(StringComparer.Ordinal);
        for (var step = 0; step < steps; step++)
        {
            var key = $"key-{random.Next(keySpace)}";
            var grows = step < steps * 2 / 3 ? random.Chance(0.8) : random.Chance(0.1);
            if (grows && set.Add(key))
            {
                tree = tree.Add(new KeyEntry(Encoding.UTF8.GetBytes(key)));
            }
            else if (!grows && set.Count > 0 && set.GetViewBetween(key, "key-~").Min is { } existing)
            {
                set.Remove(existing);
                tree = tree.Remove(Encoding.UTF8.GetBytes(existing));
            }
            Assert.Equal(set.Count, tree.Count);
            Assert.Equal(set.Contains(key), tree.Find(Encoding.UTF8.GetBytes(key)) is not null);
        }
        Assert.Equal(set, KeysFrom(tree, ""));
        Assert.Equal(set.GetViewBetween("key-5", "key-~"), KeysFrom(tree, "key-5"));
        foreach (var key in set.ToList())
        {
            tree = tree.Remove(Encoding.UTF8.GetBytes(key));
        }
        Assert.Empty(KeysFrom(tree, ""));
    }

    [Fact]
    public void An_older_root_stays_as_it_was()
    {
        var tree = KeyTree.Empty;
        for (var i = 0; i < 1000; i++)
        {
            tree = tree.Add(new KeyEntry(Encoding.UTF8.GetBytes($"{i:D5}")));
        }
        var older = tree;
        for (var i = 0; i < 1000; i++)
        {
            tree = i % 2 == 0 ? tree.Remove(Encoding.UTF8.GetBytes($"{i:D5}")) : tree.Add(new KeyEntry(Encoding.UTF8.GetBytes($"{i:D5}x")));
        }
        Assert.Equal(Enumerable.Range(0, 1000).Select(static i => $"{i:D5}"), KeysFrom(older, ""));
    }

    /// <summary>Runs of additions in place, each followed by single ones and removals; every root published between them is looked at again at the end.</summary>
    [Theory]
    [InlineData(4, 300, false)]
    [InlineData(5, 300, true)]
    public void Roots_published_between_edits_stay_as_they_were(ulong seed, int rounds, bool ascending)
    {
        var random = new Prng(seed);
        var tree = KeyTree.Empty;
        var set = new SortedSet<string>(StringComparer.Ordinal);
        var published = new List<(KeyTree Tree, List<string> Keys)>();
        var next = 0;
        for (var round = 0; round < rounds; round++)
        {
            var edit = random.Chance(0.7) ? new KeyTree.Edit() : null;
            for (var left = random.Next(200); left > 0; left--)
            {
                var key = ascending ? $"key-{next++:D8}" : $"key-{random.Next(1_000_000)}";
                if (set.Add(key))
                {
                    tree = tree.Add(new KeyEntry(Encoding.UTF8.GetBytes(key)), edit);
                }
            }
            for (var left = random.Next(60); left > 0 && set.Count > 0; left--)
            {
                var key = random.Chance(0.5) ? set.Min! : set.GetViewBetween($"key-{random.Next(1_000_000)}", "key-~").Min ?? set.Max!;
                set.Remove(key);
                tree = tree.Remove(Encoding.UTF8.GetBytes(key));
            }
            if (round % 10 == 0)
            {
                published.Add((tree, [.. set]));
            }
        }
        Assert.Equal(set, KeysFrom(tree, ""));
        Assert.All(published, static p => Assert.Equal(p.Keys, KeysFrom(p.Tree, "")));
        Assert.All(set, key => Assert.NotNull(tree.Find(Encoding.UTF8.GetBytes(key))));
    }

    private static List<string> KeysFrom(KeyTree tree, string start)
    {
        var keys = new List<string>();
        var cursor = tree.Seek(Encoding.UTF8.GetBytes(start));
        while (cursor.Next() is { } entry)
        {
            keys.Add(Encoding.UTF8.GetString(entry.Key));
        }
        return keys;
    }
}
