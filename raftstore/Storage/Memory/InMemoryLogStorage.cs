using Kube.Base;
using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Storage.Memory;

/// <summary>
/// A storage without a disk, for tests and simulation, with the same promises as <see cref="FasterLogStorage"/>:
/// what was not synced is lost by <see cref="Crash"/>.
/// </summary>
public sealed class InMemoryLogStorage : ILogStorage
{
    private readonly List<Entry> _entries = [];
    private readonly InMemorySnapshots _snapshots = new();
    private EntryId _base;
    private Durable? _durable;

    /// <summary>A fresh storage; a cluster's log begins behind index 1, one that joins knows of nobody.</summary>
    public InMemoryLogStorage(ConfState bootstrap)
    {
        LatestSnapshot = bootstrap.Members.Count == 0
            ? new SnapshotMetadata(0, 0, ConfState.Empty)
            : new SnapshotMetadata(1, 1, bootstrap);
        _base = LatestSnapshot.Id;
        HardState = new HardState(LatestSnapshot.Term, 0, LatestSnapshot.Index);
    }

    public HardState HardState { get; private set; }

    public SnapshotMetadata LatestSnapshot { get; private set; }

    public ulong FirstIndex => _base.Index + 1;

    public ulong LastIndex => _base.Index + (ulong)_entries.Count;

    public SnapshotMetadata? SnapshotToSend => _snapshots.Has(LatestSnapshot) ? LatestSnapshot : null;

    public ISnapshotStore Snapshots => _snapshots;

    public bool IsLowOnSpace { get; set; }

    public bool IsUnproven { get; private set; } = true;

    public int MaxEntryBytes { get; init; } = 4 << 20;

    /// <summary>Makes the next append fail for want of space.</summary>
    public bool IsFull { get; set; }

    /// <summary>Syncs done so far.</summary>
    public long SyncCount { get; private set; }

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
        for (var i = low; i < high; i++)
        {
            var entry = _entries[(int)(i - FirstIndex)];
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
        if (IsFull && entries.Count > 0)
        {
            throw new StorageFullException("the simulated disk is full");
        }

        if (!sync)
        {
            // Remembered until the next sync: a crash goes back to it.
            _durable ??= new Durable(HardState, LatestSnapshot, _base, [.. _entries]);
        }

        HardState = hardState ?? HardState;
        if (entries.Count > 0)
        {
            var first = entries[0].Index;
            Invariant.Check(first > _base.Index && first <= LastIndex + 1, $"entry {first} outside ({_base.Index}, {LastIndex + 1}]");
            var keep = (int)(first - FirstIndex);
            _entries.RemoveRange(keep, _entries.Count - keep);
            _entries.AddRange(entries);
        }

        if (sync)
        {
            SyncCount++;
            Keep();
        }
    }

    public void Install(SnapshotMetadata snapshot, HardState? hardState)
    {
        _snapshots.PutReceivedInPlace(snapshot);
        HardState = hardState ?? HardState;
        _entries.Clear();
        _base = snapshot.Id;
        LatestSnapshot = snapshot;
        Keep();
    }

    public void SnapshotSaved(SnapshotMetadata snapshot)
    {
        if (snapshot.Index > LatestSnapshot.Index)
        {
            LatestSnapshot = snapshot;
            _snapshots.RemoveOlderThan(snapshot);
            Keep();
        }
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
        Keep();
    }

    public void MarkProven() => IsUnproven = false;

    public void RetryReserve()
    {
    }

    /// <summary>Loses what was not synced, as a power cut does. The storage can be used again, as after a recovery.</summary>
    public void Crash()
    {
        if (_durable is { } durable)
        {
            HardState = durable.HardState;
            LatestSnapshot = durable.Snapshot;
            _base = durable.Base;
            _entries.Clear();
            _entries.AddRange(durable.Entries);
            _durable = null;
        }

        var commit = Math.Clamp(HardState.Commit, LatestSnapshot.Index, Math.Max(LatestSnapshot.Index, LastIndex));
        HardState = HardState with { Commit = commit };
    }

    public void Dispose()
    {
    }

    /// <summary>Everything up to now is durable.</summary>
    private void Keep() => _durable = null;

    private readonly record struct Durable(HardState HardState, SnapshotMetadata Snapshot, EntryId Base, Entry[] Entries);
}
