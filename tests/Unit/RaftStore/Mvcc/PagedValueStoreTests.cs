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

    /// <summary>Memory that runs short and snapshots need the same copy on disk: whichever comes first writes it, and nobody a second time.</summary>
    [Fact]
    public void A_page_is_written_once_for_a_snapshot_and_for_want_of_memory()
    {
        var disk = new MemoryValueFile();
        var store = new PagedValueStore(64 << 10);
        store.SpillTo(disk, 1L << 20);
        var handles = Enumerable.Range(0, 8_000).Select(i => store.Add(ValueOf(i, 500))).ToList();
        for (var snapshot = 0; snapshot < 3; snapshot++)
        {
            foreach (var (handle, i) in handles.Select(static (handle, i) => (handle, i)))
            {
                if (!store.TryRefer(handle, out var reference))
                {
                    // In the page that is being filled.
                    Assert.InRange(i, 8_000 - ((64 << 10) / 500), 8_000);
                    continue;
                }
                var value = new byte[reference.Length];
                disk.Read(reference.Place + reference.Offset, value);
                Assert.Equal(ValueOf(i, 500), value);
                Assert.Equal(Crc32C.Of(value), reference.Checksum);
            }
            Settle(store);
        }
        Assert.InRange(disk.WrittenBytes, 3_900_000, 4_000_000);
        Assert.All(Enumerable.Range(0, 8_000), i => Assert.Equal(ValueOf(i, 500), store.Read(handles[i]).ToArray()));
    }

    [Fact]
    public void Small_values_are_not_referred_to()
    {
        var store = new PagedValueStore(1 << 10);
        store.SpillTo(new MemoryValueFile(), 1L << 20);
        var handles = Enumerable.Range(0, 500).Select(i => store.Add(ValueOf(i, i % 40))).ToList();
        Assert.All(handles, handle => Assert.Equal(handle.Length >= 32 && !IsOpen(handle, handles), store.TryRefer(handle, out _)));
    }

    /// <summary>Values that a store adopts from a snapshot are its own: they are dropped, squeezed and referred to like others.</summary>
    [Fact]
    public void Adopted_values_live_as_others_do()
    {
        var disk = new MemoryValueFile();
        var first = new PagedValueStore(16 << 10);
        first.SpillTo(disk, 0);
        var references = Enumerable.Range(0, 1_000).Select(i => first.Add(ValueOf(i, 300))).ToList()
            .Select(handle => first.TryRefer(handle, out var reference) ? reference : (ValueReference?)null).ToList();

        // The snapshot leaves out every third, and what was not referred to.
        var second = new PagedValueStore(16 << 10);
        second.SpillTo(disk, 0);
        var adopted = new Dictionary<int, ValueHandle>();
        for (var i = 0; i < references.Count; i++)
        {
            if (i % 3 != 0 && references[i] is { } reference)
            {
                adopted.Add(i, second.Adopt(reference));
            }
        }
        second.EndAdoption();
        Assert.InRange(adopted.Count, 600, 667);
        Assert.All(adopted, value => Assert.Equal(ValueOf(value.Key, 300), second.Read(value.Value).ToArray()));
        foreach (var i in adopted.Keys.Where(static i => i % 3 == 1).ToList())
        {
            second.Drop(adopted[i]);
            adopted.Remove(i);
        }
        var written = disk.WrittenBytes;
        Settle(second);
        Assert.InRange(disk.WrittenBytes - written, 90_000, 110_000);
        Assert.All(adopted, value => Assert.Equal(ValueOf(value.Key, 300), second.Read(value.Value).ToArray()));
        Assert.All(adopted, value => Assert.True(second.TryRefer(value.Value, out _)));
    }

    private static bool IsOpen(ValueHandle handle, List<ValueHandle> all) => ReferenceEquals(handle.Reference, all[^1].Reference);
}
