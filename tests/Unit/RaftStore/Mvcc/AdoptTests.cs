using System.Text;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Tests.Mvcc;

/// <summary>What becomes of a store's values when a snapshot takes the place of its contents.</summary>
public sealed class AdoptTests
{
    private readonly PagedValueStore _values = new(pageBytes: 4096);

    [Fact]
    public void An_image_being_written_stays_whole_and_its_memory_comes_back_afterwards()
    {
        var store = new MvccStore(_values);
        for (var i = 0; i < 200; i++)
        {
            using var transaction = store.BeginWrite();
            transaction.Put(Encoding.UTF8.GetBytes($"k{i:D3}"), ValueOf(i), 0);
            transaction.Commit();
        }
        var before = _values.MemoryBytes;
        using (var image = store.CaptureImage())
        {
            var contents = store.BeginRestore();
            contents.Revision = 1000;
            contents.CompactRevision = 1000;
            store.Adopt(contents);
            Settle(store);

            var read = image.Versions.Select(version => _values.Read(version.Value).ToArray()).ToList();
            Assert.Equal(200, read.Count);
            Assert.All(read.Index(), pair => Assert.Equal(ValueOf(pair.Index), pair.Item));
            Assert.Equal(0, store.Range(new RangeQuery(new KeyRange("\0"u8.ToArray(), "\0"u8.ToArray()))).Count);
        }
        Settle(store);
        Assert.False(store.NeedsTrim);
        Assert.InRange(_values.MemoryBytes, 0, before / 10);
    }

    private void Settle(MvccStore store)
    {
        while (store.NeedsTrim && store.Trim(50))
        {
        }
        while (_values.Maintain())
        {
        }
    }

    private static byte[] ValueOf(int i) => Encoding.UTF8.GetBytes(new string((char)('a' + (i % 26)), 500));
}
