using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage;

namespace Kube.RaftStore.Simulation.Disk;

/// <summary>
/// What of a member outlives its process: a log of records, snapshots, and values to which those refer. What was written and not synced
/// when the power goes is lost, of the log from some record on, of values any piece; what was synced can rot, which is noticed when it is read.
/// </summary>
internal sealed class SimulatedDisk(Prng prng)
{
    private readonly List<DiskRecord> _records = [];
    private int _durableCount;
    private int _syncingCount;
    private long _syncedAtUs;
    private long _lastPiece;

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

    /// <summary>Pieces of value files by their number, which is never given twice.</summary>
    public SortedDictionary<long, DiskPiece> Pieces { get; } = [];

    /// <summary>Appends a piece, not durable yet; its number.</summary>
    public long AddPiece(byte[] bytes)
    {
        Pieces.Add(++_lastPiece, new DiskPiece(bytes));
        return _lastPiece;
    }

    /// <summary>Makes all pieces durable.</summary>
    public void SyncPieces()
    {
        ThrowIfSyncFails();
        foreach (var piece in Pieces.Values)
        {
            piece.IsDurable = true;
        }
    }

    public void Write(DiskRecord record) => _records.Add(record);

    /// <summary>Begins a sync of all that was written, done at a moment.</summary>
    public void Sync(long nowUs, long doneUs)
    {
        Settle(nowUs);
        ThrowIfSyncFails();
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
            foreach (var number in Pieces.Keys.Where(number => !Pieces[number].SurvivesPowerLoss(number)).ToArray())
            {
                Pieces.Remove(number);
            }
        }

        foreach (var piece in Pieces.Values)
        {
            piece.IsDurable = true;
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
        Pieces.Clear();
        Receiving.Clear();
        Received.Clear();
        HasRot = false;
        IsUnproven = true;
        Bootstrap = bootstrap;
    }

    private void ThrowIfSyncFails()
    {
        if (FailsNextSync)
        {
            FailsNextSync = false;
            throw new StorageFaultException("fdatasync on the simulated disk failed: Input/output error");
        }
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

/// <summary>A snapshot in place: its state and trailer, and whether those are the frames in which it refers to values.</summary>
internal sealed record DiskSnapshot(SnapshotMetadata Metadata, byte[] Bytes, bool IsFramed);

/// <summary>Some values that were appended together.</summary>
internal sealed class DiskPiece(byte[] bytes)
{
    public byte[] Bytes { get; } = bytes;

    public bool IsDurable { get; set; }

    /// <summary>Some of what was not synced has reached the disk all the same, in any order.</summary>
    public bool SurvivesPowerLoss(long number) => IsDurable || ((ulong)number * 0x9E3779B97F4A7C15) >> 63 != 0;
}

/// <summary>One record of the log: an entry, a hard state, or the place that the log goes on behind.</summary>
internal abstract record DiskRecord;

internal sealed record EntryRecord(Entry Entry, ulong CommitKnown) : DiskRecord;

internal sealed record HardStateRecord(HardState State) : DiskRecord;

internal sealed record BaseRecord(EntryId Base) : DiskRecord;
