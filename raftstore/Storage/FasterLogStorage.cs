using System.Buffers;
using FASTER.core;
using Kube.Base;
using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage.Device;
using Kube.RaftStore.Storage.Records;
using Kube.RaftStore.Storage.Snapshots;

namespace Kube.RaftStore.Storage;

/// <summary>
/// A member's durable state in a directory: an identity file, a FasterLog in preallocated segments and snapshot files.
/// </summary>
/// <remarks>
/// The log is append-only: entries that replace others are records behind them, and a recovery replays. FasterLog packs
/// records into pages and hands those to <see cref="SegmentDevice"/>; where the log ends after a crash is found out by
/// <see cref="LogScanner"/>, not by FasterLog. The format is in docs/internals/log-format.md.
/// </remarks>
public sealed partial class FasterLogStorage : ILogStorage
{
    private readonly FasterLogStorageOptions _options;
    private readonly LogGeometry _geometry;
    private readonly DataDirectory _directory;
    private readonly SegmentDevice _device;
    private readonly SnapshotDirectory _snapshots;
    private readonly FasterLog _log;
    private readonly EntryWindow _window;
    private readonly ValueFiles _values;
    private HardState _hardState;
    private bool _isUnproven;
    private bool _isLogLow;
    private long _lastRecord = -1;
    private long _tail;
    private long _durable;

    private FasterLogStorage(FasterLogStorageOptions options, DataDirectory directory)
    {
        _options = options;
        _directory = directory;
        _geometry = options.Geometry;
        _window = new EntryWindow(options.CacheBytes);
        _values = new ValueFiles(directory.ValuePath);
        _snapshots = new SnapshotDirectory(directory.SnapshotPath, _values);
        _device = new SegmentDevice(directory.LogPath, _geometry.SegmentBytes, options.MaxLogBytes);
        try
        {
            LatestSnapshot = RecoverSnapshot(directory);
            _isUnproven = directory.IsUnproven;
            var scan = RecoverLog();
            _log = OpenLog(scan);
            EnsureSpace(0);
        }
        catch
        {
            _log?.Dispose();
            _device.Dispose();
            _values.Dispose();
            throw;
        }
    }

    public HardState HardState => _hardState;

    public SnapshotMetadata LatestSnapshot { get; private set; }

    public ulong FirstIndex => _window.FirstIndex;

    public ulong LastIndex => _window.LastIndex;

    public SnapshotMetadata? SnapshotToSend => _snapshots.HasState(LatestSnapshot) ? LatestSnapshot : null;

    public ISnapshotStore Snapshots => _snapshots;

    public bool IsLowOnSpace => _isLogLow || _values.IsFull;

    /// <summary>Where values go that memory has no room for, or that a snapshot refers to. It holds what the newest snapshot does.</summary>
    public IValueFile ValueFile => _values;

    /// <summary>Bytes of values written there so far.</summary>
    public long WrittenValueBytes => _values.WrittenBytes;

    /// <summary>Bytes of values there that were not given back.</summary>
    public long HeldValueBytes => _values.LiveBytes;

    public bool IsUnproven => _isUnproven;

    public int MaxEntryBytes => _geometry.MaxDataBytes;

    /// <summary>Data syncs done so far.</summary>
    public long SyncCount => _device.SyncCount;

    /// <summary>Bytes written to the log so far.</summary>
    public long WrittenBytes => _device.WrittenBytes;

    /// <summary>What the recovery cut off the end of the log, for the operator's log; 0 for nothing.</summary>
    public long TornBytes { get; private set; }

    /// <summary>Opens a directory, recovering what is there, and locks it against other processes.</summary>
    /// <exception cref="DataDirectoryException">It is another member's, of another format, or in use.</exception>
    /// <exception cref="StorageCorruptException">What was durable is damaged.</exception>
    /// <exception cref="StorageFullException">There is no room for the first segment.</exception>
    public static FasterLogStorage Open(FasterLogStorageOptions options)
    {
        var directory = DataDirectory.Open(options.Directory, options.Identity, options.Geometry);
        try
        {
            return new FasterLogStorage(options, directory);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Whose data a directory holds; null for one that is missing or fresh. Takes no lock.</summary>
    /// <exception cref="DataDirectoryException">It is of no known format.</exception>
    public static DataIdentity? IdentityOf(string directory) => DataDirectory.IdentityOf(directory);

    public bool TryGetTerm(ulong index, out ulong term) => _window.TryGetTerm(index, out term);

    public IReadOnlyList<Entry> Read(ulong low, ulong high, long maxBytes)
    {
        var entries = new List<Entry>((int)Math.Min(high - low, 1024));
        var reader = new EntryReader(_device, _geometry);
        long bytes = 0;
        for (var index = low; index < high; index++)
        {
            var slot = _window[index];
            bytes += slot.DataBytes + Entry.OverheadBytes;
            if (bytes > maxBytes && entries.Count > 0)
            {
                break;
            }

            entries.Add(slot.Entry ?? reader.Read(index, slot, isLast: index + 1 == high));
        }

        return entries;
    }

    public void Append(HardState? hardState, IReadOnlyList<Entry> entries, bool sync)
    {
        var next = hardState ?? _hardState;
        var termOrVote = next.Term != _hardState.Term || next.Vote != _hardState.Vote;
        if (entries.Count == 0 && !termOrVote)
        {
            // The commit index goes to disk with the next entry: it is a hint only.
            _hardState = next;
            return;
        }

        EnsureSpace(SizeOf(entries));
        if (termOrVote)
        {
            WriteHardState(next);
        }

        _hardState = next;
        foreach (var entry in entries)
        {
            WriteEntry(entry);
        }

        Flush(sync);
    }

    public void Install(SnapshotMetadata snapshot, HardState? hardState)
    {
        EnsureSpace(0);
        _snapshots.PutReceivedInPlace(snapshot);
        _hardState = hardState ?? _hardState;
        var reset = WriteRecord(RecordType.Reset, 0, snapshot.Term, snapshot.Index, 0, ProposalId.None, default);
        WriteHardState(_hardState);
        Flush(sync: true);
        _window.Reset(snapshot.Id);
        LatestSnapshot = snapshot;
        _snapshots.RemoveOlderThan(snapshot);
        Truncate(reset);
    }

    public void SnapshotSaved(SnapshotMetadata snapshot)
    {
        if (snapshot.Index > LatestSnapshot.Index)
        {
            LatestSnapshot = snapshot;
        }

        // It is an older one itself when another was received while it was written.
        _snapshots.RemoveOlderThan(LatestSnapshot);
    }

    public void Compact(ulong index)
    {
        Invariant.Check(index <= LatestSnapshot.Index, $"compaction to {index} past the snapshot at {LatestSnapshot.Index}");
        if (index <= _window.BaseId.Index || index >= LastIndex)
        {
            return;
        }

        var keepFrom = _window[index + 1].Address;
        _window.Compact(index);
        if (keepFrom / _geometry.SegmentBytes == _device.FirstSegment)
        {
            return;
        }

        // Term and vote may stand in a segment that goes now.
        EnsureSpace(0);
        WriteHardState(_hardState);
        Flush(sync: true);
        Truncate(keepFrom);
    }

    public void MarkProven()
    {
        _directory.MarkProven();
        _isUnproven = false;
    }

    public void RetryReserve()
    {
        if (_isLogLow)
        {
            EnsureSpace(0);
        }

        _values.Retry();
    }

    public void Dispose()
    {
        _log.Dispose();
        _device.Dispose();
        _values.Dispose();
        _directory.Dispose();
    }

    private void WriteHardState(HardState state) =>
        WriteRecord(RecordType.HardState, 0, state.Term, state.Commit, state.Vote, ProposalId.None, default);

    private void WriteEntry(Entry entry)
    {
        var address = WriteRecord(
            RecordType.Entry, (byte)entry.Type, entry.Term, entry.Index, _hardState.Commit, entry.Proposal, entry.Data.Span);
        _window.Put(entry, address);
    }

    private long WriteRecord(
        RecordType type, byte entryType, ulong term, ulong index, ulong extra, ProposalId proposal, ReadOnlySpan<byte> data)
    {
        Invariant.Check(data.Length <= _geometry.MaxDataBytes, $"record of {data.Length} bytes does not fit a page");
        var length = LogRecord.HeadBytes + data.Length;
        var address = _geometry.Place(_tail, LogRecord.SizeInLog(data.Length));
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var record = buffer.AsSpan(0, length);
            data.CopyTo(record[LogRecord.HeadBytes..]);
            var previous = _lastRecord < 0 ? 0 : (uint)(address - _lastRecord);
            var durable = (uint)Math.Min(uint.MaxValue, address - _durable);
            new LogRecord(type, entryType, length, previous, durable, term, index, extra, proposal.Proposer, proposal.Sequence)
                .Write(record, address);
            var placed = _log.Enqueue(record);
            Invariant.Check(placed == address, $"FasterLog put a record at {placed} that was expected at {address}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _lastRecord = address;
        _tail = address + LogRecord.SizeInLog(data.Length);
        return address;
    }

    /// <summary>Has FasterLog write its pages, on this thread, and syncs the device.</summary>
    private void Flush(bool sync)
    {
        _log.Commit();
        var wait = default(SpinWait);
        while (_log.FlushedUntilAddress < _tail)
        {
            // Only where FasterLog's own bookkeeping of an earlier commit holds the flush up for a moment.
            wait.SpinOnce();
        }

        _device.ThrowIfFaulted();
        if (sync)
        {
            _device.Sync();
            _durable = _tail;
        }
    }

    private void Truncate(long address)
    {
        _log.TruncateUntil(address);
        _log.Commit();
    }

    /// <summary>
    /// Sees to it that a write fits in segments that exist, and that one more is in reserve.
    /// </summary>
    private void EnsureSpace(long bytes)
    {
        // A record that does not fit a page's rest wastes it: at worst, half of every page.
        var needed = _tail + (2 * bytes) + (2 * _geometry.PageBytes);
        while (_device.AllocatedUntil < needed + _geometry.SegmentBytes)
        {
            try
            {
                _device.AddSegment();
                _isLogLow = false;
            }
            catch (StorageFullException) when (_device.AllocatedUntil >= needed)
            {
                _isLogLow = true;
                return;
            }
        }
    }

    private static long SizeOf(IReadOnlyList<Entry> entries)
    {
        long bytes = 0;
        foreach (var entry in entries)
        {
            bytes += LogRecord.SizeInLog(entry.Data.Length);
        }

        return bytes;
    }
}
