using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Tests.Mvcc;

/// <summary>Pages in memory alone.</summary>
public sealed class PagedValueStoreTests : ValueStoreConformance
{
    internal override IValueStore NewStore() => new PagedValueStore();

    [Fact]
    public void Memory_of_dropped_values_comes_back()
    {
        var store = new PagedValueStore();
        var kept = new List<ValueHandle>();
        for (var i = 0; i < 40_000; i++)
        {
            var handle = store.Add(ValueOf(i, 500));
            if (i % 10 == 0)
            {
                kept.Add(handle);
            }
            else
            {
                store.Drop(handle);
            }
        }
        Settle(store);
        Assert.InRange(store.MemoryBytes, 4_000 * 500, (4_000 * 520) + (2 * PagedValueStore.DefaultPageBytes));
        for (var i = 0; i < kept.Count; i++)
        {
            Assert.Equal(ValueOf(i * 10, 500), store.Read(kept[i]).ToArray());
        }
        kept.ForEach(handle => store.Drop(handle));
        Settle(store);
        Assert.InRange(store.MemoryBytes, 0, PagedValueStore.DefaultPageBytes);
    }

    /// <summary>A store that stays below its limit lets go of pages that are empty, not of their memory alone.</summary>
    [Fact]
    public void Pages_of_values_that_were_overwritten_are_forgotten()
    {
        var store = new PagedValueStore();
        store.SpillTo(new MemoryValueFile(), 1L << 30);
        var values = new ValueHandle[100];
        for (var i = 0; i < 50_000; i++)
        {
            ref var value = ref values[i % values.Length];
            store.Drop(value);
            value = store.Add(ValueOf(i, 1000));
            if (i % 1000 == 0)
            {
                Settle(store);
            }
        }
        Settle(store);
        Assert.InRange(store.ResidentPages, 0, 2);
        Assert.Equal(ValueOf(49_999, 1000), store.Read(values[^1]).ToArray());
    }
}
