using FASTER.core;
using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage.Device;
using Kube.RaftStore.Storage.Records;

namespace Kube.RaftStore.Storage;

/// <summary>What a start finds on the disk.</summary>
public sealed partial class FasterLogStorage
{
    private SnapshotMetadata RecoverSnapshot(DataDirectory directory)
    {
        if (directory.IsFresh)
        {
            // A cluster's log begins behind a snapshot without state that holds its first members; the one that joins
            // knows of nobody until the leader sends it a real one.
            var joins = _options.Bootstrap.Members.Count == 0;
            var first = joins ? new SnapshotMetadata(0, 0, ConfState.Empty) : new SnapshotMetadata(1, 1, _options.Bootstrap);
            _values.Recover(new Dictionary<long, int>());
            _snapshots.WriteBootstrap(first);
            directory.MarkComplete();
            return first;
        }

        return _snapshots.Recover();
    }

    private ScanResult RecoverLog()
    {
        CheckSegmentsAreContiguous(_directory.LogPath);
        var replay = new Replay(this);
        var scan = new LogScanner(_device, _geometry).Scan(replay.Take);
        TornBytes = scan.DirtyUntil - scan.Tail;
        CutTail(scan);
        replay.Finish();
        _tail = scan.Tail;
        _durable = scan.Tail;
        _lastRecord = scan.LastRecord;
        return scan;
    }

    internal static void CheckSegmentsAreContiguous(string logPath)
    {
        var segments = SegmentDevice.ListSegments(logPath).ToArray();
        for (var i = 1; i < segments.Length; i++)
        {
            if (segments[i] != segments[i - 1] + 1)
            {
                throw new StorageCorruptException(SegmentDevice.PathOf(logPath, segments[i - 1] + 1), 0, "the segment is missing");
            }
        }
    }

    /// <summary>Zeroes what stands behind the end, so that nothing of it can be taken for a record later, and makes
    /// durable what a crash of the process alone left in the kernel.</summary>
    private void CutTail(ScanResult scan)
    {
        for (var from = scan.Tail; from < scan.DirtyUntil;)
        {
            var until = Math.Min(scan.DirtyUntil, (from / _geometry.SegmentBytes * _geometry.SegmentBytes) + _geometry.SegmentBytes);
            _device.Zero(from, until);
            from = until;
        }

        _device.SyncEverything();
    }

    private FasterLog OpenLog(ScanResult scan)
    {
        var hasRecords = scan.LastRecord >= 0;
        var begin = Math.Max(_device.FirstSegment * _geometry.SegmentBytes, LogGeometry.FirstAddress);
        if (!hasRecords && begin > LogGeometry.FirstAddress)
        {
            throw new StorageCorruptException(_device.PathOf(_device.FirstSegment), 0, "the first segment has no record");
        }

        var log = new FasterLog(new FasterLogSettings
        {
            LogDevice = _device,
            LogCommitManager = new RecoveredCommit(begin, hasRecords ? scan.Tail : 0),
            PageSize = _geometry.PageBytes,
            MemorySize = _geometry.PageBytes * 2,
            SegmentSize = _geometry.SegmentBytes,
            TryRecoverLatest = true,
        });
        // FasterLog keeps a failure to recover to itself.
        _device.ThrowIfFaulted();
        Invariant.Check(log.TailAddress == scan.Tail, $"FasterLog begins at {log.TailAddress}, the log ends at {scan.Tail}");
        return log;
    }

    /// <summary>Replays the records of a log into the storage's memory.</summary>
    private sealed class Replay(FasterLogStorage storage)
    {
        /// <summary>What the base of the window is.</summary>
        private enum Origin : byte
        {
            None,

            /// <summary>An entry that the log happens to begin with.</summary>
            Entry,

            /// <summary>The newest snapshot, right behind which the log begins.</summary>
            Snapshot,

            /// <summary>What a reset record says.</summary>
            Reset,
        }

        private readonly EntryWindow _window = storage._window;
        private Origin _origin;
        private ulong _term;
        private ulong _vote;
        private ulong _commit;

        public void Take(in LogRecord head, long address, ReadOnlySpan<byte> data)
        {
            switch (head.Type)
            {
                case RecordType.HardState:
                    _term = head.Term;
                    _vote = head.Extra;
                    _commit = Math.Max(_commit, head.Index);
                    break;
                case RecordType.Reset:
                    _window.Reset(new EntryId(head.Term, head.Index));
                    _origin = Origin.Reset;
                    break;
                default:
                    TakeEntry(head, address, data.Length);
                    break;
            }
        }

        private void TakeEntry(in LogRecord head, long address, int dataBytes)
        {
            _commit = Math.Max(_commit, head.Extra);
            var id = new EntryId(head.Term, head.Index);
            if (_origin == Origin.None || (_origin != Origin.Reset && id.Index <= _window.BaseId.Index))
            {
                Begin(id);
            }

            if (id.Index <= _window.BaseId.Index && _origin != Origin.Reset)
            {
                return;
            }

            if (id.Index <= _window.BaseId.Index || id.Index > _window.LastIndex + 1)
            {
                throw new StorageCorruptException(
                    storage._device.PathOf((int)(address / storage._geometry.SegmentBytes)),
                    address % storage._geometry.SegmentBytes,
                    $"entry {id.Index} does not follow entry {_window.LastIndex}");
            }

            _window.Note(id, dataBytes, address);
        }

        /// <summary>
        /// Begins the window at the first entry found, or again at an earlier one: the first segment kept may begin with
        /// entries that others, further on in it, supersede.
        /// </summary>
        private void Begin(EntryId id)
        {
            var snapshot = storage.LatestSnapshot;
            if (id.Index <= snapshot.Index + 1 && (_origin == Origin.Snapshot || id.Index == snapshot.Index + 1))
            {
                _origin = Origin.Snapshot;
                _window.Reset(snapshot.Id);
                return;
            }

            // The entries before it are gone, and with them the term of the one right before: it is the base itself.
            _origin = Origin.Entry;
            _window.Reset(id);
        }

        public void Finish()
        {
            var snapshot = storage.LatestSnapshot;
            if (!_window.TryGetTerm(snapshot.Index, out var term) || term != snapshot.Term)
            {
                // A received snapshot was put in place right before a crash: the log before it does not count.
                // Were it the other way round, entries would be missing between snapshot and log.
                if (_origin != Origin.None && snapshot.Index < _window.BaseId.Index)
                {
                    throw new StorageCorruptException(
                        storage._directory.SnapshotPath, 0, $"the newest snapshot is at {snapshot.Index}, the log begins behind {_window.BaseId.Index}");
                }

                _window.Reset(snapshot.Id);
            }

            var commit = Math.Clamp(_commit, snapshot.Index, Math.Max(snapshot.Index, _window.LastIndex));
            storage._hardState = _term == 0 && _vote == 0 ? new HardState(snapshot.Term, 0, commit) : new HardState(_term, _vote, commit);
        }
    }
}
