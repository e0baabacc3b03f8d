using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage;

namespace Kube.RaftStore.Tests.Storage;

/// <summary>The window of entries beside a dictionary that says the same.</summary>
public sealed class EntryWindowTests
{
    private const int CacheBytes = 3_000;

    [Fact]
    public void Random_histories_leave_what_a_dictionary_says()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var prng = new Prng(seed);
            var window = new EntryWindow(CacheBytes);
            var twin = new Dictionary<ulong, (ulong Term, long Address, int Bytes, bool IsKept)>();
            var @base = new EntryId(1, 1);
            window.Reset(@base);
            ulong term = 1, last = 1;
            long address = 64;
            for (var round = 0; round < 300; round++)
            {
                term += prng.Chance(0.2) ? 1UL : 0;
                var first = prng.Chance(0.3) ? @base.Index + 1 + (ulong)prng.Next((int)(last - @base.Index) + 1) : last + 1;
                var isKept = prng.Chance(0.8);
                for (var index = first; index < first + (ulong)prng.Next(1, 200); index++, address += 100)
                {
                    var entry = new Entry(term, index, EntryType.Normal, default, new byte[prng.Next(50)]);
                    Put(window, entry, address, isKept);
                    twin[index] = (term, address, entry.Data.Length, isKept);
                    last = index;
                }

                if (prng.Chance(0.3))
                {
                    var through = @base.Index + (ulong)prng.Next((int)(last - @base.Index));
                    window.Compact(through);
                    @base = through == @base.Index ? @base : new EntryId(twin[through].Term, through);
                }

                if (prng.Chance(0.02))
                {
                    (@base, last) = (new EntryId(term, last + 10), last + 10);
                    window.Reset(@base);
                }

                AssertSame(window, @base, last, twin);
            }
        }
    }

    /// <summary>A million entries behind a snapshot must not cost what they did: their places alone, in chunks.</summary>
    [Fact]
    public void Place_of_an_entry_takes_little_memory()
    {
        const int Entries = 500_000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var window = new EntryWindow(CacheBytes);
        for (ulong index = 1; index <= Entries; index++)
        {
            window.Note(new EntryId(1, index), 300, (long)index * 400);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Entries, 0, 16);
        Assert.Equal(((ulong)Entries, (long)Entries * 400), (window.LastIndex, window[Entries].Address));
    }

    private static void Put(EntryWindow window, Entry entry, long address, bool isKept)
    {
        if (isKept)
        {
            window.Put(entry, address);
        }
        else
        {
            window.Note(entry.Id, entry.Data.Length, address);
        }
    }

    private static void AssertSame(EntryWindow window, EntryId @base, ulong last, Dictionary<ulong, (ulong Term, long Address, int Bytes, bool IsKept)> twin)
    {
        Assert.Equal((@base, last), (window.BaseId, window.LastIndex));
        Assert.False(@base.Index > 0 && window.TryGetTerm(@base.Index - 1, out _));
        Assert.False(window.TryGetTerm(last + 1, out _));
        Assert.True(window.TryGetTerm(@base.Index, out var baseTerm));
        Assert.Equal(@base.Term, baseTerm);
        long kept = 0;
        for (var index = last; index > @base.Index; index--)
        {
            var slot = window[index];
            Assert.True(window.TryGetTerm(index, out var term));
            Assert.Equal((twin[index].Term, twin[index].Term, twin[index].Address, twin[index].Bytes), (term, slot.Term, slot.Address, slot.DataBytes));
            if (slot.Entry is { } entry)
            {
                Assert.True(twin[index].IsKept);
                Assert.Equal((twin[index].Term, index), (entry.Term, entry.Index));
                kept += entry.SizeBytes;
            }
        }

        Assert.True(kept <= CacheBytes || window[last - 1].Entry is null);
        Assert.Equal(last > @base.Index && twin[last].IsKept, last > @base.Index && window[last].Entry is not null);
    }
}
