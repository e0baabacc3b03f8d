using System.Buffers.Binary;
using Kube.RaftStore.Storage.Device;

namespace Kube.RaftStore.Storage.Records;

/// <summary>Takes one sound record of a scan, in the order they were written.</summary>
internal delegate void RecordVisitor(in LogRecord head, long address, ReadOnlySpan<byte> data);

/// <summary>Where a scan found the log to end.</summary>
/// <param name="Tail">The address behind the last sound record.</param>
/// <param name="LastRecord">That record's address, -1 when there is none.</param>
/// <param name="DirtyUntil">Behind the last byte that is not zero; above <paramref name="Tail"/> when a torn tail was cut.</param>
/// <param name="Records">How many records there are.</param>
internal readonly record struct ScanResult(long Tail, long LastRecord, long DirtyUntil, long Records)
{
    public bool WasTorn => DirtyUntil > Tail;
}

/// <summary>
/// Reads a log from its first segment to its end, trusting nothing but the records' own checksums. A write that a crash
/// tore is told from damage: a torn batch was never durable, so no record proves that it was, and its missing
/// sectors read as the zeros they were before.
/// </summary>
internal sealed class LogScanner(SegmentDevice device, LogGeometry geometry)
{
    private readonly byte[] _page = new byte[geometry.PageBytes];

    /// <summary>Visits every sound record and finds the end.</summary>
    /// <exception cref="StorageCorruptException">Something durable is damaged or missing.</exception>
    public ScanResult Scan(RecordVisitor visit)
    {
        var begin = Math.Max(device.FirstSegment * geometry.SegmentBytes, LogGeometry.FirstAddress);
        var state = new State { Tail = begin, Last = -1, FirstOfAll = begin == LogGeometry.FirstAddress };
        Stop? stop = null;
        for (var page = begin & ~(geometry.PageBytes - 1); page < device.AllocatedUntil && stop is null; page += geometry.PageBytes)
        {
            device.Read(page, _page);
            stop = ScanPage(page, ref state, visit);
        }

        var (provedDurable, dirtyUntil) = LookBehind(state.Tail);
        if (provedDurable > state.Tail)
        {
            throw Corrupt(state.Tail, $"{stop?.Problem ?? "a record is missing"}, and a later record proves that this was durable once");
        }

        if (stop is { IsDamage: true } damage)
        {
            throw Corrupt(state.Tail, damage.Problem);
        }

        return new ScanResult(state.Tail, state.Last, dirtyUntil, state.Count);
    }

    /// <summary>Reads the records of one page; null when the log may go on with the next.</summary>
    private Stop? ScanPage(long page, ref State state, RecordVisitor visit)
    {
        var at = page == 0 ? (int)LogGeometry.FirstAddress : 0;
        var first = at;
        while (_page.Length - at >= LogRecord.FrameBytes + LogRecord.HeadBytes)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(_page.AsSpan(at));
            if (length == 0)
            {
                // The rest of a page is padding if the next page goes on, else this is the end.
                return at == first ? new Stop("the log ends here", IsDamage: false) : null;
            }

            if (length < LogRecord.HeadBytes || length > _page.Length - at - LogRecord.FrameBytes)
            {
                return new Stop($"implausible record length {length}", IsDamage: true);
            }

            var record = _page.AsSpan(at + LogRecord.FrameBytes, length);
            var address = page + at;
            if (!LogRecord.TryRead(record, address, out var head, out var problem))
            {
                return new Stop(problem, IsDamage: !HasMissingSector(at, LogRecord.FrameBytes + length));
            }

            var expected = state.Last >= 0 ? (uint)(address - state.Last) : state.FirstOfAll ? 0 : head.PreviousDelta;
            if (head.PreviousDelta != expected)
            {
                return new Stop("a record is missing", IsDamage: false);
            }

            visit(head, address, record[LogRecord.HeadBytes..]);
            at += LogRecord.SizeInLog(length - LogRecord.HeadBytes);
            state.Last = address;
            state.Tail = page + at;
            state.Count++;
        }

        return null;
    }

    /// <summary>Whether some sector of a record holds nothing: it was not written before the crash.</summary>
    private bool HasMissingSector(int at, int length)
    {
        var end = at + length;
        while (at < end)
        {
            var next = Math.Min(end, (at / (int)SegmentDevice.SectorBytes * (int)SegmentDevice.SectorBytes) + (int)SegmentDevice.SectorBytes);
            if (!_page.AsSpan(at, next - at).ContainsAnyExcept((byte)0))
            {
                return true;
            }

            at = next;
        }

        return false;
    }

    /// <summary>Looks for sound records behind the end: the furthest address that one of them proves to have been
    /// durable, and where the last byte stands that is not zero.</summary>
    private (long ProvedDurable, long DirtyUntil) LookBehind(long tail)
    {
        long proved = 0;
        var dirtyUntil = tail;
        for (var page = tail & ~(geometry.PageBytes - 1); page < device.AllocatedUntil; page += geometry.PageBytes)
        {
            device.Read(page, _page);
            var at = (int)Math.Max(0, tail - page);
            while (at < _page.Length)
            {
                var skip = _page.AsSpan(at).IndexOfAnyExcept((byte)0);
                if (skip < 0)
                {
                    break;
                }

                dirtyUntil = page + at + skip + 1;
                at = (at + skip) & ~3;
                if (TryRecordAt(page, at, out var durable))
                {
                    proved = Math.Max(proved, durable);
                }

                at += 4;
            }
        }

        return (proved, dirtyUntil);
    }

    private bool TryRecordAt(long page, int at, out long durable)
    {
        durable = 0;
        if (_page.Length - at < LogRecord.FrameBytes + LogRecord.HeadBytes)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(_page.AsSpan(at));
        if (length < LogRecord.HeadBytes || length > _page.Length - at - LogRecord.FrameBytes
            || !LogRecord.TryRead(_page.AsSpan(at + LogRecord.FrameBytes, length), page + at, out var head, out _))
        {
            return false;
        }

        durable = page + at - head.DurableDelta;
        return true;
    }

    private StorageCorruptException Corrupt(long address, string problem) =>
        new(device.PathOf((int)(address / geometry.SegmentBytes)), address % geometry.SegmentBytes, problem);

    private readonly record struct Stop(string Problem, bool IsDamage);

    private struct State
    {
        public long Tail;
        public long Last;
        public long Count;
        public bool FirstOfAll;
    }
}
