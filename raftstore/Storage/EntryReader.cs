using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage.Device;
using Kube.RaftStore.Storage.Records;

namespace Kube.RaftStore.Storage;

/// <summary>
/// Reads entries from the log, in order of their indexes: what stands behind one is read together with it, for it is likely to be
/// asked for next. Entries share the bytes of one read.
/// </summary>
internal struct EntryReader(SegmentDevice device, LogGeometry geometry)
{
    /// <summary>Small enough not to be an object that only full collections give back.</summary>
    private const int AheadBytes = 64 << 10;

    private byte[] _bytes = [];
    private long _address;
    private int _length;

    /// <summary>Reads and verifies one entry.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="slot">Where it is.</param>
    /// <param name="isLast">Whether no more are asked for.</param>
    /// <exception cref="StorageCorruptException">It is not what was written there.</exception>
    public Entry Read(ulong index, in EntryWindow.Slot slot, bool isLast)
    {
        var size = LogRecord.FrameBytes + LogRecord.HeadBytes + slot.DataBytes;
        if (slot.Address < _address || slot.Address + size > _address + _length)
        {
            Fill(slot.Address, size, isLast);
        }

        var record = _bytes.AsMemory((int)(slot.Address - _address), size)[LogRecord.FrameBytes..];
        if (!LogRecord.TryRead(record.Span, slot.Address, out var head, out var problem)
            || head.Type != RecordType.Entry || head.Index != index || head.Term != slot.Term)
        {
            throw new StorageCorruptException(
                device.PathOf((int)(slot.Address / geometry.SegmentBytes)),
                slot.Address % geometry.SegmentBytes,
                problem.Length > 0 ? problem : $"another record than entry {index} of term {slot.Term}");
        }

        return new Entry(
            head.Term, head.Index, (EntryType)head.EntryType, new ProposalId(head.Proposer, head.Sequence), record[LogRecord.HeadBytes..]);
    }

    private void Fill(long address, int sizeBytes, bool isLast)
    {
        _bytes = GC.AllocateUninitializedArray<byte>(isLast ? sizeBytes : Math.Max(sizeBytes, AheadBytes));
        _address = address;
        _length = device.Read(address, _bytes);
        // A log that is shorter than it was is not what was written: the record's checksum says so.
        _bytes.AsSpan(_length).Clear();
        _length = Math.Max(_length, sizeBytes);
    }
}
