using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Storage.Device;
using Kube.RaftStore.Tests.Mvcc;

namespace Kube.RaftStore.Tests.Storage;

/// <summary>Pages that spill to files, with pages and files so small that everything happens often.</summary>
public sealed class ValueFilesTests : ValueStoreConformance, IDisposable
{
    private const int PageBytes = 64 << 10;

    private readonly string _directory = Directory.CreateTempSubdirectory("kube-values-").FullName;
    private readonly List<ValueFiles> _files = [];

    internal override IValueStore NewStore() => NewStore(PageBytes, 0, out _);

    public void Dispose()
    {
        _files.ForEach(static files => files.Dispose());
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Memory_stays_below_its_limit_and_nothing_is_lost()
    {
        const int Limit = 1 << 20;
        var store = NewStore(PageBytes, Limit, out var files);
        var handles = new List<ValueHandle>();
        long most = 0;
        for (var i = 0; i < 20_000; i++)
        {
            handles.Add(store.Add(ValueOf(i, 500)));
            most = Math.Max(most, store.MemoryBytes);
        }
        // Nobody maintained: the writer moved pages itself.
        Assert.InRange(most, Limit, Limit + (Limit / 8) + (2 * PageBytes));
        Assert.InRange(files.LiveBytes, 8_000_000, 11_000_000);
        for (var i = 0; i < handles.Count; i += 7)
        {
            Assert.Equal(ValueOf(i, 500), store.Read(handles[i]).ToArray());
        }
    }

    [Fact]
    public void Room_on_disk_goes_back_with_what_is_dropped()
    {
        var store = NewStore(PageBytes, 0, out var files);
        var handles = Enumerable.Range(0, 20_000).Select(i => store.Add(ValueOf(i, 500))).ToList();
        Settle(store);
        var full = BlocksOnDisk();
        Assert.InRange(full, 8_000_000, 13_000_000);

        for (var i = 0; i < handles.Count; i++)
        {
            if (i % 20 != 0)
            {
                store.Drop(handles[i]);
            }
        }
        Settle(store);
        Assert.InRange(files.LiveBytes, 0, full / 8);
        Assert.InRange(BlocksOnDisk(), 0, full / 4);
        for (var i = 0; i < handles.Count; i += 20)
        {
            Assert.Equal(ValueOf(i, 500), store.Read(handles[i]).ToArray());
            store.Drop(handles[i]);
        }
        Settle(store);
        Assert.Equal(0, files.LiveBytes);
    }

    [Fact]
    public void A_full_disk_keeps_values_in_memory_until_there_is_room()
    {
        var disk = new MemoryValueFile { HasRoom = false };
        var store = new PagedValueStore(PageBytes);
        store.SpillTo(disk, 0);
        var handles = Enumerable.Range(0, 5_000).Select(i => store.Add(ValueOf(i, 500))).ToList();
        Assert.False(store.Maintain());
        Assert.InRange(store.MemoryBytes, 2_500_000, long.MaxValue);
        handles.Where((_, i) => i % 3 == 0).ToList().ForEach(handle => store.Drop(handle));

        disk.HasRoom = true;
        Settle(store);
        Assert.InRange(store.MemoryBytes, 0, 5 * PageBytes);
        Assert.All(Enumerable.Range(0, 5_000).Where(static i => i % 3 != 0), i => Assert.Equal(ValueOf(i, 500), store.Read(handles[i]).ToArray()));

        // Sparse pages on a disk that is full again stay where they are, and are looked at again.
        disk.HasRoom = false;
        handles.Where((_, i) => i % 3 == 1).ToList().ForEach(handle => store.Drop(handle));
        Assert.False(SettlesWithin(store, 1000) && disk.Refused == 0);
        Assert.All(Enumerable.Range(0, 5_000).Where(static i => i % 3 == 2), i => Assert.Equal(ValueOf(i, 500), store.Read(handles[i]).ToArray()));
        disk.HasRoom = true;
        Settle(store);
        Assert.All(Enumerable.Range(0, 5_000).Where(static i => i % 3 == 2), i => Assert.Equal(ValueOf(i, 500), store.Read(handles[i]).ToArray()));
    }

    [Fact]
    public void A_start_leaves_nothing_to_which_nobody_refers()
    {
        var files = NewFiles();
        Assert.True(files.TryAppend(new byte[100], out _));
        Assert.NotEmpty(Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories));
        using var next = new ValueFiles(Path.Combine(_directory, "0"));
        next.Recover(new Dictionary<long, int>());
        Assert.Empty(Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_start_keeps_pieces_that_are_referred_to_and_gives_back_what_is_between_them()
    {
        var files = NewFiles();
        var pieces = Enumerable.Range(0, 60).Select(i => (Bytes: ValueOf(i, 50_000), Place: files.TryAppend(ValueOf(i, 50_000), out var place) ? place : -1)).ToList();
        files.Dispose();
        var kept = pieces.Where(static (_, i) => i is 3 or 30 or 31 or 57).ToDictionary(static piece => piece.Place, static piece => piece.Bytes.Length);

        using var next = new ValueFiles(Path.Combine(_directory, "0"), fileBytes: 1 << 20);
        next.Recover(kept);
        Assert.Equal(200_000, next.LiveBytes);
        Assert.InRange(BlocksOnDisk(), 200_000, 300_000);
        Assert.True(next.TryAppend(ValueOf(99, 50_000), out var added));
        Assert.DoesNotContain(added, pieces.Select(static piece => piece.Place));
        var read = new byte[50_000];
        foreach (var (place, _) in kept)
        {
            next.Read(place, read);
            Assert.Equal(pieces.Single(piece => piece.Place == place).Bytes, read);
            next.Free(place, 50_000);
        }
        while (next.GiveBack())
        {
        }
        Assert.Equal(50_000, next.LiveBytes);
        next.Read(added, read);
        Assert.Equal(ValueOf(99, 50_000), read);
    }

    [Fact]
    public void A_start_says_which_file_is_missing_or_cut()
    {
        var files = NewFiles();
        Assert.True(files.TryAppend(ValueOf(1, 5_000), out var place));
        var file = Directory.EnumerateFiles(Path.Combine(_directory, "0")).Single();
        files.Dispose();
        using (var cut = new FileStream(file, FileMode.Open))
        {
            cut.SetLength(4_999);
        }
        using var next = new ValueFiles(Path.Combine(_directory, "0"));
        var error = Assert.Throws<StorageCorruptException>(() => next.Recover(new Dictionary<long, int> { [place] = 5_000 }));
        Assert.Equal((file, 4_999), (error.File, error.OffsetBytes));
        File.Delete(file);
        using var last = new ValueFiles(Path.Combine(_directory, "0"));
        Assert.Equal(file, Assert.Throws<StorageCorruptException>(() => last.Recover(new Dictionary<long, int> { [place] = 5_000 })).File);
    }

    [Fact]
    public void Damage_that_a_reader_finds_stops_the_upkeep_too()
    {
        var store = NewStore(PageBytes, 0, out var files);
        var handles = Enumerable.Range(0, 2_000).Select(i => store.Add(ValueOf(i, 500))).ToList();
        Settle(store);
        var file = Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories).Order().First();
        using (var patch = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite))
        {
            var one = new byte[1];
            RandomAccess.Read(patch, one, 1_700);
            one[0] ^= 4;
            RandomAccess.Write(patch, one, 1_700);
        }
        Assert.Equal(ValueOf(2, 500), store.Read(handles[2]).ToArray());
        var error = Assert.Throws<StorageCorruptException>(() => store.Read(handles[3]));
        Assert.Equal((file, 1_500), (error.File, error.OffsetBytes));
        Assert.Same(error, Assert.Throws<StorageCorruptException>(() => store.Maintain()));
    }

    /// <summary>Readers beside a writer that drops and a task that moves: each reads its value or learns that it is gone.</summary>
    [Fact]
    public async Task Readers_beside_moving_pages_read_their_value_or_none()
    {
        var store = NewStore(8 << 10, 0, out _);
        var shared = new (ValueHandle Handle, int Seed)[256];
        for (var i = 0; i < shared.Length; i++)
        {
            shared[i] = (store.Add(ValueOf(i, 900)), i);
        }
        var done = false;
        var gate = new Lock();
        var readers = Enumerable.Range(0, 2).Select(reader => Task.Run(() =>
        {
            var random = new Kube.Base.Prng((ulong)reader + 77);
            var gone = 0;
            while (!Volatile.Read(ref done))
            {
                (ValueHandle Handle, int Seed) one;
                lock (gate)
                {
                    one = shared[random.Next(shared.Length)];
                }
                try
                {
                    Assert.True(store.Read(one.Handle).Span.SequenceEqual(ValueOf(one.Seed, 900)));
                }
                catch (ValueGoneException)
                {
                    gone++;
                }
            }
            return gone;
        })).ToList();
        var upkeep = Task.Run(() =>
        {
            while (!Volatile.Read(ref done))
            {
                if (!store.Maintain())
                {
                    Thread.Yield();
                }
            }
        });
        var writer = new Kube.Base.Prng(5);
        for (var i = 0; i < 6_000; i++)
        {
            var at = writer.Next(shared.Length);
            var before = shared[at].Handle;
            var next = (store.Add(ValueOf(i, 900)), i);
            lock (gate)
            {
                shared[at] = next;
            }
            store.Drop(before);
        }
        Volatile.Write(ref done, true);
        await Task.WhenAll(readers);
        await upkeep;
    }

    private static bool SettlesWithin(IValueStore store, int steps)
    {
        while (steps-- > 0)
        {
            if (!store.Maintain())
            {
                return true;
            }
        }
        return false;
    }

    private PagedValueStore NewStore(int pageBytes, long limitBytes, out ValueFiles files)
    {
        files = NewFiles();
        var store = new PagedValueStore(pageBytes);
        store.SpillTo(files, limitBytes);
        return store;
    }

    private ValueFiles NewFiles()
    {
        var files = new ValueFiles(Path.Combine(_directory, $"{_files.Count}"), fileBytes: 1 << 20);
        files.Recover(new Dictionary<long, int>());
        _files.Add(files);
        return files;
    }

    private long BlocksOnDisk()
    {
        using var du = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("du", ["-s", "-B1", _directory]) { RedirectStandardOutput = true })!;
        var text = du.StandardOutput.ReadToEnd();
        du.WaitForExit();
        return long.Parse(text.Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
