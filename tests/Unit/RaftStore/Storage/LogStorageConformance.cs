using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Tests.Raft;

namespace Kube.RaftStore.Tests.Storage;

/// <summary>What every log storage promises. A subclass says how to open one and how a machine loses power.</summary>
public abstract class LogStorageConformance : IDisposable
{
    protected static readonly ConfState Three = new([1, 2, 3]);

    private ILogStorage? _storage;

    protected ILogStorage Storage => _storage ??= Open(Three);

    protected abstract ILogStorage Open(ConfState bootstrap);

    /// <summary>Ends the storage without warning and opens it again.</summary>
    protected abstract ILogStorage CrashAndOpen(ILogStorage storage);

    public void Dispose()
    {
        _storage?.Dispose();
        CleanUp();
        GC.SuppressFinalize(this);
    }

    protected virtual void CleanUp()
    {
    }

    protected void Crash() => _storage = CrashAndOpen(Storage);

    protected static Entry NewEntry(ulong term, ulong index, string text = "") =>
        new(term, index, EntryType.Normal, new ProposalId(7, index), Encoding.UTF8.GetBytes(text.Length > 0 ? text : $"t{term}i{index}"));

    protected static Entry[] NewEntries(ulong term, ulong from, ulong through) =>
        [.. Enumerable.Range(0, (int)(through - from + 1)).Select(i => NewEntry(term, from + (ulong)i))];

    protected void AssertLog(params (ulong Term, ulong Index)[] expected)
    {
        Assert.Equal(expected[^1].Index, Storage.LastIndex);
        foreach (var (term, index) in expected)
        {
            Assert.True(Storage.TryGetTerm(index, out var found));
            Assert.Equal(term, found);
            if (index >= Storage.FirstIndex)
            {
                var entry = Assert.Single(Storage.Read(index, index + 1, long.MaxValue));
                Assert.Equal(new EntryId(term, index), entry.Id);
                Assert.Equal($"t{term}i{index}", Encoding.UTF8.GetString(entry.Data.Span));
                Assert.Equal(new ProposalId(7, index), entry.Proposal);
            }
        }
    }

    [Fact]
    public void Fresh_storage_begins_behind_the_bootstrap_membership()
    {
        Assert.Equal(new SnapshotMetadata(1, 1, Three), Storage.LatestSnapshot);
        Assert.Equal((2UL, 1UL), (Storage.FirstIndex, Storage.LastIndex));
        Assert.Null(Storage.SnapshotToSend);
        Crash();
        Assert.Equal(new SnapshotMetadata(1, 1, Three), Storage.LatestSnapshot);
        Assert.Equal((2UL, 1UL), (Storage.FirstIndex, Storage.LastIndex));
        Assert.Equal(new HardState(1, 0, 1), Storage.HardState);
    }

    [Fact]
    public void Synced_writes_survive_a_crash()
    {
        Storage.Append(new HardState(2, 3, 1), NewEntries(2, 2, 10), sync: true);
        Storage.Append(new HardState(4, 1, 5), NewEntries(4, 11, 12), sync: true);
        Crash();
        AssertLog((2, 2), (2, 10), (4, 11), (4, 12));
        Assert.Equal((4UL, 1UL), (Storage.HardState.Term, Storage.HardState.Vote));
        Assert.InRange(Storage.HardState.Commit, 1UL, 5UL);
    }

    [Fact]
    public void Vote_alone_survives()
    {
        Storage.Append(new HardState(9, 2, 1), [], sync: true);
        Crash();
        Assert.Equal(new HardState(9, 2, 1), Storage.HardState);
    }

    [Fact]
    public void Conflicting_suffix_is_superseded()
    {
        Storage.Append(null, NewEntries(2, 2, 20), sync: true);
        Storage.Append(new HardState(3, 0, 1), NewEntries(3, 10, 12), sync: true);
        AssertLog((2, 9), (3, 10), (3, 12));
        Crash();
        AssertLog((2, 2), (2, 9), (3, 10), (3, 12));
        Storage.Append(null, NewEntries(5, 2, 3), sync: true);
        Crash();
        AssertLog((5, 2), (5, 3));
    }

    [Fact]
    public void Reads_are_limited_in_bytes_but_never_empty()
    {
        Storage.Append(null, NewEntries(2, 2, 20), sync: true);
        Assert.Single(Storage.Read(2, 21, 0));
        Assert.Equal(19, Storage.Read(2, 21, long.MaxValue).Count);
        var three = Storage.Read(2, 3, 1)[0].SizeBytes * 3;
        Assert.Equal(3, Storage.Read(2, 21, three).Count);
    }

    [Fact]
    public void Terms_are_known_from_right_before_the_first_entry()
    {
        Storage.Append(null, NewEntries(2, 2, 5), sync: true);
        Assert.True(Storage.TryGetTerm(1, out var term));
        Assert.Equal(1UL, term);
        Assert.False(Storage.TryGetTerm(0, out _));
        Assert.False(Storage.TryGetTerm(6, out _));
    }

    [Fact]
    public void Own_snapshot_and_compaction()
    {
        Storage.Append(null, NewEntries(2, 2, 100), sync: true);
        var snapshot = new SnapshotMetadata(80, 2, new ConfState([1, 2], [4]));
        using (var writer = Storage.Snapshots.Create(snapshot))
        {
            writer.State.Write("state at 80"u8);
            writer.Commit();
        }

        Storage.SnapshotSaved(snapshot);
        Storage.Compact(60);
        Assert.Equal((61UL, 100UL), (Storage.FirstIndex, Storage.LastIndex));
        AssertLog((2, 60), (2, 61), (2, 100));
        Assert.False(Storage.TryGetTerm(59, out _));
        Crash();
        Assert.Equal(snapshot, Storage.LatestSnapshot);
        Assert.Equal(snapshot, Storage.SnapshotToSend);
        Assert.True(Storage.FirstIndex <= 81);
        AssertLog((2, 81), (2, 100));
        using var state = new StreamReader(Storage.Snapshots.OpenState(snapshot));
        Assert.Equal("state at 80", state.ReadToEnd());
    }

    [Fact]
    public void Unfinished_snapshot_does_not_count()
    {
        Storage.Append(null, NewEntries(2, 2, 100), sync: true);
        var snapshot = new SnapshotMetadata(80, 2, Three);
        using (var writer = Storage.Snapshots.Create(snapshot))
        {
            writer.State.Write("half"u8);
        }

        Crash();
        Assert.Equal(1UL, Storage.LatestSnapshot.Index);
        AssertLog((2, 2), (2, 100));
    }

    [Fact]
    public void Received_snapshot_replaces_the_log()
    {
        var snapshot = MakeElsewhere(new SnapshotMetadata(500, 7, new ConfState([1, 2, 3, 4])), out var bytes);
        Storage.Append(new HardState(3, 2, 5), NewEntries(3, 2, 20), sync: true);
        Receive(snapshot, bytes, chunk: 7);
        Storage.Install(snapshot, new HardState(8, 0, 500));
        Assert.Equal((501UL, 500UL), (Storage.FirstIndex, Storage.LastIndex));
        Storage.Append(null, NewEntries(8, 501, 510), sync: true);
        Crash();
        Assert.Equal(snapshot, Storage.LatestSnapshot);
        Assert.Equal(8UL, Storage.HardState.Term);
        AssertLog((7, 500), (8, 501), (8, 510));
    }

    [Fact]
    public void Reception_goes_on_where_it_broke_off()
    {
        var snapshot = MakeElsewhere(new SnapshotMetadata(500, 7, Three), out var bytes);
        using (var first = Storage.Snapshots.Receive(snapshot))
        {
            Assert.Equal(0, first.OffsetBytes);
            first.Write(bytes.AsSpan(0, 10));
        }

        using (var second = Storage.Snapshots.Receive(snapshot))
        {
            Assert.Equal(10, second.OffsetBytes);
            second.Write(bytes.AsSpan(10));
            second.Complete();
        }

        Storage.Install(snapshot, null);
        using var state = new StreamReader(Storage.Snapshots.OpenState(snapshot));
        Assert.Equal("from elsewhere", state.ReadToEnd());
    }

    [Fact]
    public void Random_histories_recover_to_what_a_list_says()
    {
        var prng = new Kube.Base.Prng(42);
        var twin = new List<Entry>();
        ulong term = 1;
        for (var round = 0; round < 60; round++)
        {
            term += (ulong)prng.Next(2);
            var keep = twin.Count == 0 ? 0 : Math.Max(0, twin.Count - prng.Next(6));
            twin.RemoveRange(keep, twin.Count - keep);
            var fresh = NewEntries(term, (ulong)keep + 2, (ulong)(keep + 2 + prng.Next(12)));
            twin.AddRange(fresh);
            Storage.Append(new HardState(term, 0, 1), fresh, sync: true);
            if (prng.Chance(0.2))
            {
                Crash();
            }

            Assert.Equal(twin.Select(e => e.Id), Storage.Read(2, Storage.LastIndex + 1, long.MaxValue).Select(e => e.Id));
        }
    }

    /// <summary>Snapshots, compaction, received snapshots, conflicting appends and crashes in any order, against a list.</summary>
    [Fact]
    public void Snapshots_and_compaction_do_what_a_list_says()
    {
        var run = 0;
        Prop.ForAll(Step.Generator.ArrayOf().ToShrinking(), steps =>
        {
            var storage = OpenFresh(run++);
            try
            {
                var twin = new Twin();
                foreach (var step in steps)
                {
                    storage = twin.Do(step, storage, CrashAndOpenFresh, run - 1);
                    if (!twin.Agrees(storage))
                    {
                        return false;
                    }
                }

                return true;
            }
            finally
            {
                storage.Dispose();
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(FreshRuns).WithEndSize(25));
    }

    /// <summary>How many histories are tried.</summary>
    protected virtual int FreshRuns => 200;

    /// <summary>An empty storage beside the test's own.</summary>
    protected abstract ILogStorage OpenFresh(int run);

    /// <summary>Ends one of <see cref="OpenFresh"/> without warning and opens it again.</summary>
    protected abstract ILogStorage CrashAndOpenFresh(ILogStorage storage, int run);

    /// <summary>What happens next; the numbers are scaled to what is possible at the time.</summary>
    private sealed record Step(int Kind, int First, int Second)
    {
        public static Gen<Step> Generator =>
            from kind in Gen.Choose(0, 5)
            from first in Gen.Choose(0, 9)
            from second in Gen.Choose(0, 9)
            select new Step(kind, first, second);
    }

    /// <summary>The obvious storage: a list from a snapshot on.</summary>
    private sealed class Twin
    {
        private readonly List<EntryId> _entries = [];
        private SnapshotMetadata _snapshot = new(1, 1, Three);
        private ulong _term = 1;

        private ulong LastIndex => _entries.Count > 0 ? _entries[^1].Index : _snapshot.Index;

        public ILogStorage Do(Step step, ILogStorage storage, Func<ILogStorage, int, ILogStorage> crash, int run)
        {
            switch (step.Kind)
            {
                case 0 or 1:
                    Append(storage, back: step.Kind == 0 ? 0 : step.First, count: step.Second + 1);
                    break;
                case 2 when LastIndex > _snapshot.Index:
                    TakeSnapshot(storage, _snapshot.Index + 1 + ((LastIndex - _snapshot.Index - 1) * (ulong)step.First / 9));
                    break;
                case 3:
                    storage.Compact(_snapshot.Index * (ulong)step.First / 9);
                    break;
                case 4:
                    Install(storage, LastIndex + (ulong)step.First + 1);
                    break;
                case 5:
                    return crash(storage, run);
            }

            return storage;
        }

        /// <summary>Whether the storage has everything behind the snapshot; what it keeps before is its own affair.</summary>
        public bool Agrees(ILogStorage storage)
        {
            if (!storage.LatestSnapshot.Equals(_snapshot) || storage.LastIndex != LastIndex || storage.FirstIndex > _snapshot.Index + 1
                || !storage.TryGetTerm(_snapshot.Index, out var term) || term != _snapshot.Term)
            {
                return false;
            }

            var read = storage.Read(_snapshot.Index + 1, storage.LastIndex + 1, long.MaxValue).Select(e => e.Id);
            return read.SequenceEqual(_entries.Where(e => e.Index > _snapshot.Index))
                && storage.HardState.Term == (_term > 1 ? _term : storage.HardState.Term);
        }

        private void Append(ILogStorage storage, int back, int count)
        {
            // What a snapshot covers is never superseded.
            var from = Math.Max(_snapshot.Index + 1, LastIndex + 1 - Math.Min((ulong)back, LastIndex));
            _term++;
            _entries.RemoveAll(e => e.Index >= from);
            var entries = NewEntries(_term, from, from + (ulong)count - 1);
            _entries.AddRange(entries.Select(e => e.Id));
            storage.Append(new HardState(_term, 0, _snapshot.Index), entries, sync: true);
        }

        private void TakeSnapshot(ILogStorage storage, ulong index)
        {
            Assert.True(storage.TryGetTerm(index, out var term));
            _snapshot = new SnapshotMetadata(index, term, Three);
            Write(storage, _snapshot);
            storage.SnapshotSaved(_snapshot);
        }

        private void Install(ILogStorage storage, ulong index)
        {
            _term++;
            _snapshot = new SnapshotMetadata(index, _term, Three);
            _entries.Clear();
            Receive(storage);
            storage.Install(_snapshot, new HardState(_term, 0, index));
        }

        /// <summary>The bytes are those of the same kind of storage, so the one at hand writes them itself.</summary>
        private void Receive(ILogStorage storage)
        {
            Write(storage, _snapshot);
            byte[] bytes;
            using (var source = storage.Snapshots.OpenToSend(_snapshot)!)
            {
                bytes = new byte[source.Length];
                source.ReadExactly(bytes);
            }

            using var sink = storage.Snapshots.Receive(_snapshot);
            sink.Write(bytes);
            sink.Complete();
        }

        private static void Write(ILogStorage storage, SnapshotMetadata snapshot)
        {
            using var writer = storage.Snapshots.Create(snapshot);
            writer.State.Write("state"u8);
            writer.Commit();
        }
    }

    protected void Receive(SnapshotMetadata snapshot, byte[] bytes, int chunk)
    {
        using var sink = Storage.Snapshots.Receive(snapshot);
        for (var at = 0; at < bytes.Length; at += chunk)
        {
            sink.Write(bytes.AsSpan(at, Math.Min(chunk, bytes.Length - at)));
        }

        sink.Complete();
    }

    /// <summary>The bytes a peer of the same kind would send.</summary>
    protected SnapshotMetadata MakeElsewhere(SnapshotMetadata snapshot, out byte[] bytes)
    {
        using var peer = OpenPeer();
        using (var writer = peer.Snapshots.Create(snapshot))
        {
            writer.State.Write("from elsewhere"u8);
            writer.Commit();
        }

        using var source = peer.Snapshots.OpenToSend(snapshot)!;
        using var copy = new MemoryStream();
        source.CopyTo(copy);
        bytes = copy.ToArray();
        return snapshot;
    }

    protected abstract ILogStorage OpenPeer();
}
