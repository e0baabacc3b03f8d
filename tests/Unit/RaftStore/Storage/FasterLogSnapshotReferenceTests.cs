using Kube.RaftStore.Apply;
using Kube.RaftStore.Host;
using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Storage.Records;
using Kube.RaftStore.Storage.Snapshots;

namespace Kube.RaftStore.Tests.Storage;

/// <summary>Snapshots that refer to values in real files, and what damage to those files comes to.</summary>
public sealed class FasterLogSnapshotReferenceTests : SnapshotReferenceConformance
{
    private readonly string _root = Directory.CreateTempSubdirectory("kube-references-").FullName;

    private string Home => Path.Combine(_root, "1");

    private string[] ValueFileNames => [.. Directory.GetFiles(Path.Combine(Home, "values")).Order()];

    protected override ILogStorage Open() => OpenAt(Home, 1);

    protected override ILogStorage OpenPeer() => OpenAt(Path.Combine(_root, "peer"), 2);

    protected override ILogStorage CrashAndOpen(ILogStorage storage)
    {
        storage.Dispose();
        return Open();
    }

    protected override IValueFile ValuesOf(ILogStorage storage) => ((FasterLogStorage)storage).ValueFile;

    protected override long HeldBytes(ILogStorage storage) => ((FasterLogStorage)storage).HeldValueBytes;

    protected override void CleanUp() => Directory.Delete(_root, recursive: true);

    private static FasterLogStorage OpenAt(string path, ulong member) => FasterLogStorage.Open(new FasterLogStorageOptions
    {
        Directory = path,
        Identity = new DataIdentity(77, member),
        Bootstrap = One,
        Geometry = new LogGeometry(PageBits: 14, SegmentBits: 16),
    });

    [Fact]
    public void A_damaged_value_is_found_by_verify_and_by_whoever_reads_it()
    {
        var machine = NewMachine();
        Fill(machine, 1, 300);
        var snapshot = Take(machine);
        Storage.Dispose();
        Assert.Equal(0, Verify(out _));
        var file = ValueFileNames.Single();
        var reference = ReferencesOf(snapshot)[^1];
        var offset = (reference.Place & ((1L << 40) - 1)) + reference.Offset;
        Flip(file, offset);

        Assert.Equal(1, Verify(out var error));
        Assert.Contains($"is damaged: {file}, offset {offset}: ", error, StringComparison.Ordinal);
        Crash();
        var restored = NewMachine();
        Restore(restored, snapshot);
        var damage = Assert.Throws<StorageCorruptException>(() => StateHash.Of(restored));
        Assert.Equal((file, offset), (damage.File, damage.OffsetBytes));
        Assert.Throws<StorageCorruptException>(() => restored.Store.Values.Maintain());
        Assert.Throws<StorageCorruptException>(() => ReadAll(Storage.Snapshots.OpenToSend(snapshot)!));
    }

    [Fact]
    public void A_value_file_that_is_gone_or_cut_keeps_a_member_from_starting()
    {
        var machine = NewMachine();
        Fill(machine, 1, 300);
        Take(machine);
        Storage.Dispose();
        var file = ValueFileNames.Single();
        var bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
        Assert.Equal(file, Assert.Throws<StorageCorruptException>(Open).File);
        Assert.Equal(1, Verify(out var error));
        Assert.Contains(file, error, StringComparison.Ordinal);
        File.Delete(file);
        Assert.Equal(file, Assert.Throws<StorageCorruptException>(Open).File);
        Assert.Equal(1, Verify(out _));
        File.WriteAllBytes(file, bytes);
        Open().Dispose();
    }

    [Fact]
    public void Damage_to_the_references_themselves_keeps_a_member_from_starting()
    {
        var machine = NewMachine();
        Fill(machine, 1, 300);
        Take(machine);
        Storage.Dispose();
        var file = Directory.GetFiles(Path.Combine(Home, "snap")).Order().Last();
        var bytes = File.ReadAllBytes(file);
        var prng = new Kube.Base.Prng(5);
        for (var i = 0; i < 100; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[prng.Next(damaged.Length)] ^= (byte)(1 << prng.Next(8));
            File.WriteAllBytes(file, damaged);
            Assert.Equal(file, Assert.Throws<StorageCorruptException>(Open).File);
            File.WriteAllBytes(file, bytes[..prng.Next(bytes.Length)]);
            Assert.Equal(file, Assert.Throws<StorageCorruptException>(Open).File);
        }
        File.WriteAllBytes(file, [.. bytes, 0]);
        Assert.Equal(file, Assert.Throws<StorageCorruptException>(Open).File);
        File.WriteAllBytes(file, bytes);
        Open().Dispose();
    }

    /// <summary>A member that was stopped between the writing of a snapshot and the removal of the one before has both.</summary>
    [Fact]
    public void An_older_snapshot_that_was_not_removed_is_neither_used_nor_missed()
    {
        var machine = NewMachine();
        Fill(machine, 1, 300);
        Take(machine);
        var older = Directory.GetFiles(Path.Combine(Home, "snap")).Order().Last();
        var bytes = File.ReadAllBytes(older);
        Overwrite(machine);
        var hash = StateHash.Of(machine);
        var snapshot = Take(machine);
        Settle(machine);
        Storage.Dispose();
        File.WriteAllBytes(older, bytes);
        File.WriteAllText(Path.Combine(Home, "snap", "0000000000000fff-0000000000000002.snap.writing"), "half");

        Assert.Equal(0, Verify(out _));
        Crash();
        Assert.False(File.Exists(older));
        Assert.Single(Directory.GetFiles(Path.Combine(Home, "snap")));
        var restored = NewMachine();
        Restore(restored, snapshot);
        Assert.Equal(hash, StateHash.Of(restored));
    }

    /// <summary>What the build before wrote: the state whole, and values that no snapshot refers to.</summary>
    [Fact]
    public void A_snapshot_of_the_build_before_is_read_and_its_values_are_cleared_away()
    {
        var machine = NewMachine();
        Fill(machine, 1, 300);
        var hash = StateHash.Of(machine);
        var state = new MemoryStream();
        using (var view = machine.CaptureSnapshot())
        {
            view.WriteTo(state, default);
        }
        Storage.Dispose();
        var snapshot = new SnapshotMetadata(machine.AppliedIndex, 2, One);
        File.WriteAllBytes(
            Path.Combine(Home, "snap", $"{snapshot.Index:x16}-{snapshot.Term:x16}.snap"),
            [.. SnapshotHead.Encode(snapshot, hasState: true), .. state.ToArray(), .. SnapshotHead.Trailer(state.Length, Kube.RaftStore.Storage.Crc32C.Of(state.ToArray()))]);
        Assert.NotEmpty(ValueFileNames);

        Assert.Equal(0, Verify(out _));
        Crash();
        Assert.Empty(ValueFileNames);
        var restored = NewMachine();
        Restore(restored, snapshot);
        Assert.Equal(hash, StateHash.Of(restored));
        // The next one refers to values, and what a peer is sent is as before.
        var next = Take(restored);
        Crash();
        var again = NewMachine();
        Restore(again, next);
        Assert.Equal(hash, StateHash.Of(again));
    }

    /// <summary>A peer must not be believed that refers to values: they would be others here.</summary>
    [Fact]
    public void A_reception_that_refers_to_values_is_refused()
    {
        var machine = NewMachine();
        Fill(machine, 1, 300);
        var snapshot = Take(machine);
        var bytes = File.ReadAllBytes(Directory.GetFiles(Path.Combine(Home, "snap")).Order().Last());
        using var peer = OpenPeer();
        using var sink = peer.Snapshots.Receive(snapshot);
        sink.Write(bytes);
        Assert.Throws<StorageCorruptException>(sink.Complete);
    }

    private List<ValueReference> ReferencesOf(SnapshotMetadata snapshot)
    {
        var found = new List<ValueReference>();
        var file = Directory.GetFiles(Path.Combine(Home, "snap")).Order().Last();
        using var state = (StateFrameReader)SnapshotFile.OpenState(file, snapshot, values: null);
        state.Walk(found.Add);
        return found;
    }

    private int Verify(out string error)
    {
        var errors = new StringWriter();
        var exitCode = VerifyCommand.Run(Home, TextWriter.Null, errors);
        error = errors.ToString();
        return exitCode;
    }

    private static void Flip(string path, long offset)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        var one = new byte[1];
        RandomAccess.Read(file, one, offset);
        one[0] ^= 0x10;
        RandomAccess.Write(file, one, offset);
    }
}
