using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage;

namespace Kube.RaftStore.Simulation.Disk;

/// <summary>
/// What of a member outlives its process: a log of records and snapshots. What was written and not synced when the power
/// goes is lost from some record on; what was synced can rot, which is noticed when it is read.
/// </summary>
internal sealed class SimulatedDisk(Prng prng)
{
    private readonly List<DiskRecord> _records = [];
    private int _durableCount;
    private int _syncingCount;
    private long _syncedAtUs;

    /// <summary>The first membership, null for a disk that was never opened.</summary>
    public ConfState? Bootstrap { get; set; }

    public bool IsUnproven { get; set; } = true;

    /// <summary>Refuses what makes the log longer.</summary>
    public bool IsFull { get; set; }

    /// <summary>The reserve is gone: what is under way still fits.</summary>
    public bool IsLowOnSpace { get; set; }

    /// <summary>The next sync fails.</summary>
    public bool FailsNextSync { get; set; }

    /// <summary>How long a sync takes.</summary>
    public int SyncUs { get; set; } = 500;

    /// <summary>Whether something durable is damaged: the next recovery finds it.</summary>
    public bool HasRot { get; private set; }

    public IReadOnlyList<DiskRecord> Records => _records;

    /// <summary>Snapshots in place, durable.</summary>
    public SortedDictionary<ulong, DiskSnapshot> Snapshots { get; } = [];

    /// <summary>Receptions that broke off or are complete under a temporary name; a power cut loses them.</summary>
    public Dictionary<SnapshotMetadata, MemoryStream> Receiving { get; } = [];

    public Dictionary<SnapshotMetadata, byte[]> Received { get; } = [];

    public void Write(DiskRecord record) => _records.Add(record);

    /// <summary>Begins a sync of all that was written, done at a moment.</summary>
    public void Sync(long nowUs, long doneUs)
    {
        Settle(nowUs);
        if (FailsNextSync)
        {
            FailsNextSync = false;
            throw new StorageFaultException("fdatasync of the simulated log failed: Input/output error");
        }

        // One sync at a time: the member waits for it before it writes on.
        _durableCount = Math.Max(_durableCount, _syncingCount);
        _syncingCount = _records.Count;
        _syncedAtUs = doneUs;
    }

    /// <summary>Replaces all records by these, as a log that is shortened keeps what counts. Durable.</summary>
    public void Rewrite(IEnumerable<DiskRecord> records)
    {
        var kept = records.ToArray();
        _records.Clear();
        _records.AddRange(kept);
        _durableCount = _records.Count;
        _syncingCount = 0;
    }

    /// <summary>Whether everything written is durable.</summary>
    public bool IsClean(long nowUs)
    {
        Settle(nowUs);
        return _durableCount == _records.Count;
    }

    /// <summary>Cuts the power, or only ends the process, which leaves what was written to the kernel.</summary>
    public void Crash(long nowUs, bool losesPower)
    {
        Settle(nowUs);
        if (losesPower)
        {
            // What was not durable may have reached the disk all the same, in the order of writing; a torn record ends it.
            var kept = _durableCount + (_records.Count > _durableCount ? prng.Next(_records.Count - _durableCount + 1) : 0);
            _records.RemoveRange(kept, _records.Count - kept);
            Receiving.Clear();
        }

        Received.Clear();
        _durableCount = _records.Count;
        _syncingCount = 0;
        FailsNextSync = false;
    }

    /// <summary>Flips a bit in what is durable.</summary>
    public void Rot() => HasRot = true;

    /// <summary>Loses everything: another disk is in its place.</summary>
    public void Wipe(ConfState bootstrap)
    {
        _records.Clear();
        _durableCount = 0;
        _syncingCount = 0;
        Snapshots.Clear();
        Receiving.Clear();
        Received.Clear();
        HasRot = false;
        IsUnproven = true;
        Bootstrap = bootstrap;
    }

    private void Settle(long nowUs)
    {
        if (_syncingCount > 0 && nowUs >= _syncedAtUs)
        {
            _durableCount = Math.Max(_durableCount, _syncingCount);
            _syncingCount = 0;
        }
    }
}

/// <summary>A snapshot in place: the bytes a peer would be sent, and the state's checksum.</summary>
internal sealed record DiskSnapshot(SnapshotMetadata Metadata, byte[] State, uint Checksum);

/// <summary>One record of the log: an entry, a hard state, or the place that the log goes on behind.</summary>
internal abstract record DiskRecord;

internal sealed record EntryRecord(Entry Entry, ulong CommitKnown) : DiskRecord;

internal sealed record HardStateRecord(HardState State) : DiskRecord;

internal sealed record BaseRecord(EntryId Base) : DiskRecord;
