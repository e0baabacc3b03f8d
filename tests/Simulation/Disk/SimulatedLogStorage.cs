using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage;

namespace Kube.RaftStore.Simulation.Disk;

/// <summary>The storage of one process on a <see cref="SimulatedDisk"/>, with the promises of the real one.</summary>
internal sealed class SimulatedLogStorage : ILogStorage
{
    private readonly SimulatedDisk _disk;
    private readonly IDiskHost _host;
    private readonly List<Entry> _entries = [];
    private EntryId _base;

    private SimulatedLogStorage(SimulatedDisk disk, IDiskHost host)
    {
        _disk = disk;
        _host = host;
        Values = new SimulatedValueFile(disk, host);
        Snapshots = new SimulatedSnapshots(disk, host, Values);
    }

    public HardState HardState { get; private set; }

    public SnapshotMetadata LatestSnapshot { get; private set; } = new(0, 0, ConfState.Empty);

    public ulong FirstIndex => _base.Index + 1;

    public ulong LastIndex => _base.Index + (ulong)_entries.Count;

    public SnapshotMetadata? SnapshotToSend => _disk.Snapshots.ContainsKey(LatestSnapshot.Index) ? LatestSnapshot : null;

    public ISnapshotStore Snapshots { get; }

    public SimulatedValueFile Values { get; }

    public bool IsLowOnSpace => _disk.IsLowOnSpace || _disk.IsFull;

    public bool IsUnproven => _disk.IsUnproven;

    public int MaxEntryBytes => 1 << 20;

    /// <summary>Recovers what the disk holds.</summary>
    /// <exception cref="StorageCorruptException">Something durable is damaged.</exception>
    public static SimulatedLogStorage Open(SimulatedDisk disk, ConfState bootstrap, IDiskHost host)
    {
        disk.Bootstrap ??= bootstrap;
        if (disk.HasRot)
        {
            throw new StorageCorruptException("simulated log", 0, "a record has a bad checksum");
        }

        var storage = new SimulatedLogStorage(disk, host);
        storage.Recover();
        return storage;
    }

    public bool TryGetTerm(ulong index, out ulong term)
    {
        if (index > _base.Index && index <= LastIndex)
        {
            term = _entries[(int)(index - FirstIndex)].Term;
            return true;
        }

        term = index == _base.Index ? _base.Term : 0;
        return index == _base.Index;
    }

    public IReadOnlyList<Entry> Read(ulong low, ulong high, long maxBytes)
    {
        Invariant.Check(low >= FirstIndex && high <= LastIndex + 1);
        var result = new List<Entry>();
        long bytes = 0;
        for (var index = low; index < high; index++)
        {
            var entry = _entries[(int)(index - FirstIndex)];
            bytes += entry.SizeBytes;
            if (bytes > maxBytes && result.Count > 0)
            {
                break;
            }

            result.Add(entry);
        }

        return result;
    }

    public void Append(HardState? hardState, IReadOnlyList<Entry> entries, bool sync)
    {
        _host.Step();
        var next = hardState ?? HardState;
        var termOrVote = next.Term != HardState.Term || next.Vote != HardState.Vote;
        if (entries.Count == 0 && !termOrVote)
        {
            HardState = next;
            return;
        }

        if (_disk.IsFull)
        {
            throw new StorageFullException("no space left on the simulated disk");
        }

        if (termOrVote)
        {
            _disk.Write(new HardStateRecord(next));
        }

        HardState = next;
        foreach (var entry in entries)
        {
            _host.Step();
            var written = _host.IsPreviousBuild ? PreviousFormat.OfEntry(entry) : entry;
            _disk.Write(new EntryRecord(written, next.Commit));
            Put(written);
        }

        if (sync)
        {
            Sync();
        }
    }

    public void Install(SnapshotMetadata snapshot, HardState? hardState)
    {
        _host.Step();
        ((SimulatedSnapshots)Snapshots).PutReceivedInPlace(snapshot);
        _host.Step();
        HardState = hardState ?? HardState;
        _disk.Write(new BaseRecord(snapshot.Id));
        _disk.Write(new HardStateRecord(HardState));
        Sync();
        _entries.Clear();
        _base = snapshot.Id;
        LatestSnapshot = snapshot;
        ((SimulatedSnapshots)Snapshots).RemoveOlderThan(snapshot);
    }

    public void SnapshotSaved(SnapshotMetadata snapshot)
    {
        if (snapshot.Index > LatestSnapshot.Index)
        {
            LatestSnapshot = snapshot;
        }

        ((SimulatedSnapshots)Snapshots).RemoveOlderThan(LatestSnapshot);
    }

    public void Compact(ulong index)
    {
        Invariant.Check(index <= LatestSnapshot.Index, $"compaction to {index} past the snapshot at {LatestSnapshot.Index}");
        if (index <= _base.Index || index >= LastIndex)
        {
            return;
        }

        _ = TryGetTerm(index, out var term);
        _entries.RemoveRange(0, (int)(index - _base.Index));
        _base = new EntryId(term, index);
        // Segments go only when all in them is superseded or covered, and durable behind them.
        if (_disk.IsClean(_host.NowUs))
        {
            _disk.Rewrite([new BaseRecord(_base), new HardStateRecord(HardState), .. _entries.Select(e => new EntryRecord(e, HardState.Commit))]);
        }
    }

    public void MarkProven()
    {
        _host.Step();
        _disk.IsUnproven = false;
    }

    public void RetryReserve()
    {
    }

    public void Dispose()
    {
    }

    private void Sync()
    {
        _host.Step();
        _host.Spend(_disk.SyncUs);
        _disk.Sync(_host.NowUs, _host.LocalUs);
        _host.Step();
    }

    private void Put(Entry entry)
    {
        Invariant.Check(entry.Index > _base.Index && entry.Index <= LastIndex + 1, $"entry {entry.Index} outside ({_base.Index}, {LastIndex + 1}]");
        var keep = (int)(entry.Index - FirstIndex);
        _entries.RemoveRange(keep, _entries.Count - keep);
        _entries.Add(entry);
    }

    private void Recover()
    {
        LatestSnapshot = _disk.Snapshots.Count > 0
            ? _disk.Snapshots.Values.Last().Metadata
            : _disk.Bootstrap!.Members.Count == 0 ? new SnapshotMetadata(0, 0, ConfState.Empty) : new SnapshotMetadata(1, 1, _disk.Bootstrap);
        ((SimulatedSnapshots)Snapshots).Recover(LatestSnapshot);
        var first = _disk.Bootstrap!.Members.Count == 0 ? default : new EntryId(1, 1);
        _base = first;
        HardState? hard = null;
        ulong commit = 0;
        foreach (var record in _disk.Records)
        {
            switch (record)
            {
                case BaseRecord reset:
                    _entries.Clear();
                    _base = reset.Base;
                    break;
                case HardStateRecord state:
                    hard = state.State;
                    commit = Math.Max(commit, state.State.Commit);
                    break;
                case EntryRecord entry:
                    Put(entry.Entry);
                    commit = Math.Max(commit, entry.CommitKnown);
                    break;
            }
        }

        if (!TryGetTerm(LatestSnapshot.Index, out var term) || term != LatestSnapshot.Term)
        {
            // A received snapshot was put in place right before a crash: the log before it does not count.
            Invariant.Check(LatestSnapshot.Index >= _base.Index, $"the newest snapshot is at {LatestSnapshot.Index}, the log begins behind {_base.Index}");
            _entries.Clear();
            _base = LatestSnapshot.Id;
        }

        commit = Math.Clamp(commit, LatestSnapshot.Index, Math.Max(LatestSnapshot.Index, LastIndex));
        HardState = hard is { } found ? found with { Commit = commit } : new HardState(LatestSnapshot.Term, 0, commit);
    }
}
