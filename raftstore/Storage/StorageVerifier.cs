using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage.Device;
using Kube.RaftStore.Storage.Records;
using Kube.RaftStore.Storage.Snapshots;

namespace Kube.RaftStore.Storage;

/// <summary>What an offline look at a data directory found.</summary>
/// <param name="Identity">Whose data it is.</param>
/// <param name="Segments">Log files.</param>
/// <param name="Records">Sound records in them.</param>
/// <param name="FirstEntry">The first entry found, null for none.</param>
/// <param name="LastEntry">The last entry that counts, null for none.</param>
/// <param name="HardState">The last term and vote, and the highest commit index noted.</param>
/// <param name="Snapshot">The newest snapshot.</param>
/// <param name="TornBytes">Bytes of a torn write that a start would cut off; no damage.</param>
public sealed record StorageReport(
    DataIdentity Identity, int Segments, long Records, EntryId? FirstEntry, EntryId? LastEntry, HardState HardState,
    SnapshotMetadata Snapshot, long TornBytes);

/// <summary>Reads a data directory that no member uses, completely, and changes nothing in it.</summary>
public static class StorageVerifier
{
    /// <summary>Verifies every record, every snapshot and every value to which the newest one refers.</summary>
    /// <exception cref="DataDirectoryException">It is no data directory of a known format, or in use.</exception>
    /// <exception cref="StorageCorruptException">It is damaged; the message says where.</exception>
    public static StorageReport Verify(string directory)
    {
        using var data = DataDirectory.OpenExisting(directory, out var identity, out var geometry);
        using var values = new ValueFiles(data.ValuePath);
        var snapshots = new SnapshotDirectory(data.SnapshotPath, values);
        var latest = snapshots.VerifyAll();
        using var device = new SegmentDevice(data.LogPath, geometry.SegmentBytes);
        FasterLogStorage.CheckSegmentsAreContiguous(data.LogPath);
        var log = new Summary(device, geometry);
        var scan = new LogScanner(device, geometry).Scan(log.Take);
        log.CheckAgainst(latest, data.SnapshotPath);
        return new StorageReport(
            identity, SegmentDevice.ListSegments(data.LogPath).Count(), scan.Records, log.First, log.Last, log.HardState, latest,
            scan.DirtyUntil - scan.Tail);
    }

    private sealed class Summary(SegmentDevice device, LogGeometry geometry)
    {
        private readonly List<EntryId> _entries = [];
        private EntryId? _base;

        public EntryId? First { get; private set; }

        public EntryId? Last => _entries.Count > 0 ? _entries[^1] : null;

        public HardState HardState { get; private set; }

        public void Take(in LogRecord head, long address, ReadOnlySpan<byte> data)
        {
            switch (head.Type)
            {
                case RecordType.HardState:
                    HardState = new HardState(head.Term, head.Extra, Math.Max(HardState.Commit, head.Index));
                    break;
                case RecordType.Reset:
                    _entries.Clear();
                    _base = new EntryId(head.Term, head.Index);
                    break;
                default:
                    TakeEntry(new EntryId(head.Term, head.Index), head.Extra, address);
                    break;
            }
        }

        public void CheckAgainst(SnapshotMetadata snapshot, string path)
        {
            var begin = _base?.Index ?? (First?.Index - 1);
            if (begin > snapshot.Index)
            {
                throw new StorageCorruptException(path, 0, $"the newest snapshot is at {snapshot.Index}, the log begins behind {begin}");
            }
        }

        private void TakeEntry(EntryId entry, ulong commit, long address)
        {
            if (_base is null && _entries.Count > 0 && entry.Index < _entries[0].Index && device.FirstSegment > 0)
            {
                // The first segment kept may begin with entries that others, further on in it, supersede.
                _entries.Clear();
                First = null;
            }

            First ??= entry;
            HardState = HardState with { Commit = Math.Max(HardState.Commit, commit) };
            var next = _entries.Count > 0 ? _entries[^1].Index + 1 : (_base?.Index + 1) ?? entry.Index;
            var first = _entries.Count > 0 ? _entries[0].Index : next;
            if (entry.Index > next || entry.Index < first)
            {
                throw new StorageCorruptException(
                    device.PathOf((int)(address / geometry.SegmentBytes)), address % geometry.SegmentBytes, $"entry {entry.Index} does not follow entry {next - 1}");
            }

            _entries.RemoveRange((int)(entry.Index - first), _entries.Count - (int)(entry.Index - first));
            _entries.Add(entry);
        }
    }
}
