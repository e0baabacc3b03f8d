using System.Buffers.Binary;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Storage.Records;

namespace Kube.RaftStore.Tests.Storage;

/// <summary>The real storage, with small pages and segments so that tests cross them.</summary>
public sealed class FasterLogStorageTests : LogStorageConformance
{
    private static readonly LogGeometry Small = new(PageBits: 14, SegmentBits: 16);
    private readonly string _root = Directory.CreateTempSubdirectory("kube-log-").FullName;

    private string Path1 => Path.Combine(_root, "1");

    protected override ILogStorage Open(ConfState bootstrap) => OpenAt(Path1, bootstrap: bootstrap);

    protected override ILogStorage OpenPeer() => OpenAt(Path.Combine(_root, "peer"), member: 2);

    protected override ILogStorage CrashAndOpen(ILogStorage storage)
    {
        storage.Dispose();
        return OpenAt(Path1);
    }

    protected override int FreshRuns => 40;

    protected override ILogStorage OpenFresh(int run) => OpenAt(Path.Combine(_root, $"fresh-{run}"));

    protected override ILogStorage CrashAndOpenFresh(ILogStorage storage, int run)
    {
        storage.Dispose();
        return OpenFresh(run);
    }

    protected override void CleanUp() => Directory.Delete(_root, recursive: true);

    private static FasterLogStorage OpenAt(
        string path, ulong cluster = 77, ulong member = 1, ConfState? bootstrap = null, long cacheBytes = 1 << 20, LogGeometry? geometry = null) =>
        FasterLogStorage.Open(new FasterLogStorageOptions
        {
            Directory = path,
            Identity = new DataIdentity(cluster, member),
            Bootstrap = bootstrap ?? Three,
            CacheBytes = cacheBytes,
            Geometry = geometry ?? Small,
        });

    private string[] Segments => [.. Directory.GetFiles(Path.Combine(Path1, "log")).Order()];

    [Fact]
    public void Entries_out_of_the_cache_are_read_from_the_log()
    {
        using var storage = OpenAt(Path.Combine(_root, "cold"), cacheBytes: 100);
        storage.Append(null, NewEntries(2, 2, 500), sync: true);
        var read = storage.Read(2, 501, long.MaxValue);
        Assert.Equal(NewEntries(2, 2, 500).Select(e => (e.Id, e.Proposal, Convert.ToHexString(e.Data.Span))), read.Select(e => (e.Id, e.Proposal, Convert.ToHexString(e.Data.Span))));
    }

    [Fact]
    public void Large_entries_fill_pages_and_segments_and_recover()
    {
        var twin = new List<Entry>();
        var prng = new Kube.Base.Prng(5);
        for (var round = 0; round < 120; round++)
        {
            var data = new byte[prng.Next(Small.MaxDataBytes + 1)];
            data.AsSpan().Fill((byte)round);
            var entry = new Entry(2, (ulong)twin.Count + 2, EntryType.Normal, default, data);
            twin.Add(entry);
            Storage.Append(null, [entry], sync: true);
            if (round % 10 == 9)
            {
                Crash();
                Assert.Equal(twin.Select(e => e.Data.Length), Storage.Read(2, Storage.LastIndex + 1, long.MaxValue).Select(e => e.Data.Length));
            }
        }

        Assert.True(Segments.Length > 5);
        Assert.Equal(twin.Select(e => e.Data.ToArray()), Storage.Read(2, Storage.LastIndex + 1, long.MaxValue).Select(e => e.Data.ToArray()));
    }

    [Fact]
    public void Records_that_end_exactly_at_a_page_recover()
    {
        // The first page has 64 bytes less.
        var first = (int)Small.PageBytes - 64 - LogRecord.FrameBytes - LogRecord.HeadBytes;
        Storage.Append(null, [new Entry(2, 2, EntryType.Normal, default, new byte[first])], sync: true);
        Crash();
        Assert.Equal(2UL, Storage.LastIndex);
        Storage.Append(null, [new Entry(2, 3, EntryType.Normal, default, new byte[first])], sync: true);
        Crash();
        Assert.Equal(3UL, Storage.LastIndex);
    }

    [Fact]
    public void Segments_before_the_compacted_index_are_removed_and_the_vote_survives()
    {
        Storage.Append(new HardState(5, 3, 1), NewEntries(5, 2, 3000), sync: true);
        Assert.True(Segments.Length > 3);
        var snapshot = new SnapshotMetadata(2900, 5, Three);
        using (var writer = Storage.Snapshots.Create(snapshot))
        {
            writer.Commit();
        }

        Storage.SnapshotSaved(snapshot);
        Storage.Compact(2800);
        SpinWait.SpinUntil(() => !File.Exists(Path.Combine(Path1, "log", "log.0000000000")), TimeSpan.FromSeconds(10));
        Assert.False(File.Exists(Path.Combine(Path1, "log", "log.0000000000")));
        Crash();
        Assert.Equal((5UL, 3UL), (Storage.HardState.Term, Storage.HardState.Vote));
        AssertLog((5, 2901), (5, 3000));
        Storage.Append(null, NewEntries(6, 3001, 3500), sync: true);
        Crash();
        AssertLog((5, 2901), (6, 3001), (6, 3500));
    }

    [Fact]
    public void Random_histories_with_compaction_recover_to_what_a_list_says()
    {
        for (ulong seed = 1; seed <= 6; seed++)
        {
            var prng = new Kube.Base.Prng(seed);
            var path = Path.Combine(_root, $"random-{seed}");
            var storage = OpenAt(path, cacheBytes: 5_000);
            var twin = new Dictionary<ulong, EntryId>();
            ulong last = 1, committed = 1, term = 1;
            for (var round = 0; round < 150; round++)
            {
                // A new leader replaces some of what is not committed.
                term += (ulong)prng.Next(2);
                var from = prng.Chance(0.4) ? committed + 1 + (ulong)prng.Next((int)(last - committed) + 1) : last + 1;
                var entries = Enumerable.Range(0, prng.Next(1, 40))
                    .Select(i => new Entry(term, from + (ulong)i, EntryType.Normal, default, new byte[prng.Next(300)])).ToArray();
                storage.Append(new HardState(term, 0, committed), entries, sync: true);
                last = entries[^1].Index;
                foreach (var entry in entries)
                {
                    twin[entry.Index] = entry.Id;
                }

                committed += (ulong)prng.Next((int)(last - committed) + 1);
                if (prng.Chance(0.15) && committed > storage.LatestSnapshot.Index)
                {
                    var snapshot = new SnapshotMetadata(committed, twin[committed].Term, Three);
                    using (var writer = storage.Snapshots.Create(snapshot))
                    {
                        writer.Commit();
                    }

                    storage.SnapshotSaved(snapshot);
                    storage.Compact(committed - Math.Min(committed - 1, (ulong)prng.Next(20)));
                }

                if (prng.Chance(0.2))
                {
                    storage.Dispose();
                    storage = OpenAt(path, cacheBytes: 5_000);
                }

                Assert.Equal(last, storage.LastIndex);
                Assert.True(storage.FirstIndex <= storage.LatestSnapshot.Index + 1);
                Assert.All(storage.Read(storage.FirstIndex, last + 1, long.MaxValue), e => Assert.Equal(twin[e.Index], e.Id));
            }

            storage.Dispose();
            var report = StorageVerifier.Verify(path);
            Assert.Equal(twin[last], report.LastEntry);
            Assert.Equal(new DataIdentity(77, 1), report.Identity);
        }
    }

    /// <summary>What a new leader replaced lies before what replaced it; compaction may make it the log's beginning.</summary>
    [Fact]
    public void Log_that_begins_with_superseded_entries_is_sound()
    {
        static Entry[] Of(ulong term, ulong from, ulong to) =>
            [.. NewEntries(term, from, to).Select(e => new Entry(e.Term, e.Index, e.Type, e.Proposal, new byte[1000]))];
        Storage.Append(new HardState(2, 1, 1), Of(2, 2, 100), sync: true);
        Storage.Append(new HardState(3, 1, 1), Of(3, 40, 140), sync: true);
        var snapshot = new SnapshotMetadata(100, 3, Three);
        using (var writer = Storage.Snapshots.Create(snapshot))
        {
            writer.Commit();
        }

        Storage.SnapshotSaved(snapshot);
        Storage.Compact(50);
        Assert.True(SpinWait.SpinUntil(() => !File.Exists(Path.Combine(Path1, "log", "log.0000000000")), TimeSpan.FromSeconds(10)));
        Storage.Dispose();
        var report = StorageVerifier.Verify(Path1);
        Assert.Equal((new EntryId(3, 40), new EntryId(3, 140)), (report.FirstEntry, report.LastEntry));
        Crash();
        Assert.All(Storage.Read(101, 141, long.MaxValue), entry => Assert.Equal(3UL, entry.Term));
        Assert.Equal(140UL, Storage.LastIndex);
    }

    [Fact]
    public void Directory_is_unproven_until_said_otherwise()
    {
        Assert.True(Storage.IsUnproven);
        Crash();
        Assert.True(Storage.IsUnproven);
        Storage.MarkProven();
        Crash();
        Assert.False(Storage.IsUnproven);
    }

    [Fact]
    public void Verifier_finds_damage_and_changes_nothing()
    {
        Storage.Append(new HardState(2, 1, 1), NewEntries(2, 2, 300), sync: true);
        Storage.Append(null, NewEntries(2, 301, 310), sync: true);
        Storage.Dispose();
        var before = Segments.Select(File.ReadAllBytes).ToArray();
        Assert.Equal(new EntryId(2, 310), StorageVerifier.Verify(Path1).LastEntry);
        Assert.Equal(before, Segments.Select(File.ReadAllBytes).ToArray());
        Flip(Segments[0], 5000);
        Assert.Equal(Segments[0], Assert.Throws<StorageCorruptException>(() => StorageVerifier.Verify(Path1)).File);
        Assert.Throws<DataDirectoryException>(() => StorageVerifier.Verify(_root));
    }

    [Fact]
    public void Torn_tail_is_cut_and_the_log_goes_on()
    {
        Storage.Append(null, NewEntries(2, 2, 50), sync: true);
        var end = EndOfLog();
        var big = new Entry(2, 51, EntryType.Normal, default, Enumerable.Repeat((byte)9, 4000).ToArray());
        Storage.Append(null, [big], sync: true);
        Storage.Dispose();
        // The middle of the last record never reached the disk.
        Patch(Segments[0], ((end / 512) + 3) * 512, new byte[512]);
        Crash();
        AssertLog((2, 2), (2, 50));
        Storage.Append(null, NewEntries(3, 51, 60), sync: true);
        Crash();
        AssertLog((2, 50), (3, 51), (3, 60));
    }

    [Fact]
    public void Torn_batch_whose_later_records_arrived_is_cut_at_the_hole()
    {
        Storage.Append(null, NewEntries(2, 2, 50), sync: true);
        var end = EndOfLog();
        Storage.Append(null, NewEntries(2, 51, 90), sync: true);
        Storage.Dispose();
        var hole = ((end / 512) + 2) * 512;
        Patch(Segments[0], hole, new byte[512]);
        Crash();
        Assert.InRange(Storage.LastIndex, 50UL, 89UL);
        AssertLog((2, 50), (2, Storage.LastIndex));
        var last = Storage.LastIndex;
        Storage.Append(null, NewEntries(4, last + 1, last + 2), sync: true);
        Crash();
        AssertLog((2, last), (4, last + 2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(66)]
    public void Damage_before_the_end_stops_the_member_and_names_the_place(int offsetInRecord)
    {
        Storage.Append(null, NewEntries(2, 2, 50), sync: true);
        var damaged = EndOfLog();
        Storage.Append(null, NewEntries(2, 51, 60), sync: true);
        Storage.Append(null, NewEntries(2, 61, 70), sync: true);
        Storage.Dispose();
        Flip(Segments[0], damaged + offsetInRecord);
        var error = Assert.Throws<StorageCorruptException>(() => OpenAt(Path1));
        Assert.Equal(Segments[0], error.File);
        Assert.Equal(damaged, error.OffsetBytes);
    }

    [Fact]
    public void Zeroed_hole_before_the_end_stops_the_member()
    {
        Storage.Append(null, NewEntries(2, 2, 500), sync: true);
        Storage.Append(null, NewEntries(2, 501, 600), sync: true);
        Storage.Dispose();
        Patch(Segments[0], 20 * 512, new byte[512]);
        var error = Assert.Throws<StorageCorruptException>(() => OpenAt(Path1));
        Assert.InRange(error.OffsetBytes, 19 * 512, 21 * 512);
    }

    [Fact]
    public void Missing_segment_stops_the_member()
    {
        Storage.Append(null, NewEntries(2, 2, 3000), sync: true);
        Storage.Dispose();
        var gone = Segments[1];
        File.Delete(gone);
        Assert.Equal(gone, Assert.Throws<StorageCorruptException>(() => OpenAt(Path1)).File);
    }

    [Fact]
    public void Damaged_snapshot_is_not_used()
    {
        var snapshot = new SnapshotMetadata(50, 2, Three);
        Storage.Append(null, NewEntries(2, 2, 60), sync: true);
        using (var writer = Storage.Snapshots.Create(snapshot))
        {
            writer.State.Write(new byte[10_000]);
            writer.Commit();
        }

        Storage.SnapshotSaved(snapshot);
        var file = Directory.GetFiles(Path.Combine(Path1, "snap"), "*.snap").Order().Last();
        Flip(file, 5000);
        using var state = Storage.Snapshots.OpenState(snapshot);
        Assert.Equal(file, Assert.Throws<StorageCorruptException>(() => state.CopyTo(Stream.Null)).File);
    }

    [Fact]
    public void Damaged_reception_is_thrown_away()
    {
        var snapshot = MakeElsewhere(new SnapshotMetadata(500, 7, Three), out var bytes);
        bytes[^14] ^= 1;
        Assert.Throws<StorageCorruptException>(() => Receive(snapshot, bytes, 100));
        using var again = Storage.Snapshots.Receive(snapshot);
        Assert.Equal(0, again.OffsetBytes);
    }

    [Theory]
    [InlineData(78, 1, "cluster")]
    [InlineData(77, 2, "member")]
    public void Directory_of_another_is_refused(ulong cluster, ulong member, string what)
    {
        Storage.Dispose();
        var error = Assert.Throws<DataDirectoryException>(() => OpenAt(Path1, cluster, member));
        Assert.Contains("another " + what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_of_another_format_is_refused()
    {
        Storage.Dispose();
        var file = Path.Combine(Path1, "identity");
        File.WriteAllText(file, File.ReadAllText(file).Replace("format 1", "format 2", StringComparison.Ordinal));
        Assert.Contains("format 2", Assert.Throws<DataDirectoryException>(() => OpenAt(Path1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_in_use_is_refused()
    {
        Assert.Equal(1UL, Storage.LastIndex);
        Assert.Throws<DataDirectoryException>(() => OpenAt(Path1));
    }

    [Fact]
    public void First_start_that_broke_off_begins_anew()
    {
        Directory.CreateDirectory(Path.Combine(Path1, "snap"));
        File.WriteAllText(Path.Combine(Path1, "snap", "0000000000000001-0000000000000001.snap"), "half");
        Assert.Equal(1UL, Storage.LatestSnapshot.Index);
    }

    [Fact]
    public void Random_damage_is_never_taken_for_data()
    {
        Storage.Append(new HardState(2, 1, 1), NewEntries(2, 2, 200), sync: true);
        for (ulong i = 201; i < 260; i++)
        {
            Storage.Append(null, NewEntries(2, i, i), sync: true);
        }

        var end = EndOfLog();
        Storage.Dispose();
        var original = File.ReadAllBytes(Segments[0]);
        var prng = new Kube.Base.Prng(11);
        for (var round = 0; round < 60; round++)
        {
            var bytes = (byte[])original.Clone();
            bytes[prng.Next(64, (int)end)] ^= (byte)(1 << prng.Next(8));
            File.WriteAllBytes(Segments[0], bytes);
            try
            {
                using var storage = OpenAt(Path1);
                // Only the very last record can be damaged unnoticed, as if it had been torn.
                Assert.InRange(storage.LastIndex, 258UL, 259UL);
            }
            catch (StorageCorruptException e)
            {
                Assert.Equal(Segments[0], e.File);
            }
        }

        File.WriteAllBytes(Segments[0], original);
    }

    /// <summary>Where the next record goes, found by reading frames.</summary>
    private long EndOfLog()
    {
        var bytes = File.ReadAllBytes(Segments[0]);
        long at = 64;
        while (at < bytes.Length - 4)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan((int)at));
            if (length == 0)
            {
                var page = (at + Small.PageBytes) & ~(Small.PageBytes - 1);
                if (page >= bytes.Length || BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan((int)page)) == 0)
                {
                    return at;
                }

                at = page;
                continue;
            }

            at += 4 + ((length + 3) & ~3);
        }

        return at;
    }

    private static void Patch(string file, long offset, byte[] bytes)
    {
        using var stream = File.OpenWrite(file);
        stream.Position = offset;
        stream.Write(bytes);
    }

    private static void Flip(string file, long offset)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Position = offset;
        var value = stream.ReadByte();
        stream.Position = offset;
        stream.WriteByte((byte)(value ^ 0x10));
    }
}
