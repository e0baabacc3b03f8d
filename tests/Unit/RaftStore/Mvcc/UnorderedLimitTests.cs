using System.Text;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Tests.Mvcc;

/// <summary>A limit with a sort target but without an order, which etcd answers in a way of its own.</summary>
public class UnorderedLimitTests
{
    [Theory]
    [InlineData(2, "c a")]
    [InlineData(3, "c d a")]
    [InlineData(4, "c d a b")]
    [InlineData(long.MaxValue, "c d a b")]
    public void One_more_than_the_limit_is_fetched_by_key_and_sorted(long limit, string expected)
    {
        var store = new MvccStore(new MemoryValueStore());
        foreach (var key in new[] { "c", "d", "a", "b" })
        {
            using var write = store.BeginWrite();
            write.Put(Encoding.ASCII.GetBytes(key), default, 0);
            write.Commit();
        }
        var found = store.Range(new RangeQuery(new KeyRange("a"u8.ToArray(), new byte[] { 0 })) { Target = SortTarget.Mod, Limit = limit });
        Assert.Equal(expected, string.Join(' ', found.Versions.Select(static version => Encoding.ASCII.GetString(version.Key))));
        Assert.Equal((4, limit < 4), (found.Count, found.More));
    }
}
