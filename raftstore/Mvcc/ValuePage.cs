using System.Buffers.Binary;
using Kube.Base;

namespace Kube.RaftStore.Mvcc;

/// <summary>
/// Some values that were added one after the other, in memory or on disk. A value's position never changes; what is
/// dropped between values is squeezed out, and then a table says where the rest went.
/// </summary>
/// <remarks>
/// Readers take <see cref="_content"/> once and need no lock: an array they hold stays as it is for as long as they hold it, and a
/// place on disk says after the read whether it was still theirs.
/// </remarks>
internal sealed class ValuePage(int capacityBytes)
{
    /// <summary>Checksum before each value.</summary>
    public const int HeadBytes = 4;

    private readonly List<(int Start, int Length)> _dropped = [];
    private Content _content = new(GC.AllocateUninitializedArray<byte>(capacityBytes), -1, null, capacityBytes);
    private int _used;
    private bool _isTouched;

    /// <summary>Bytes of values not dropped, heads included.</summary>
    public int LiveBytes { get; private set; }

    /// <summary>Bytes of memory or disk that the page takes.</summary>
    public int HeldBytes => Volatile.Read(ref _content).SizeBytes;

    public bool IsInMemory => Volatile.Read(ref _content).Bytes is not null;

    /// <summary>Where the store has it among the pages in memory; null where it has not. Guarded by the store.</summary>
    public LinkedListNode<ValuePage>? Resident { get; set; }

    /// <summary>True once no more is added.</summary>
    public bool IsSealed { get; private set; }

    public int FreeBytes => capacityBytes - _used;

    /// <summary>Whether at least half of what the page takes is of dropped values.</summary>
    public bool IsSparse => IsSealed && LiveBytes * 2 <= HeldBytes;

    /// <summary>Adds a value, for which there must be room.</summary>
    public int Add(ReadOnlySpan<byte> value)
    {
        var at = _used;
        var record = _content.Bytes.AsSpan(at, HeadBytes + value.Length);
        value.CopyTo(record[HeadBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record, Crc32C.Of(value));
        _used += record.Length;
        lock (_dropped)
        {
            LiveBytes += record.Length;
        }
        return at;
    }

    public void Seal() => IsSealed = true;

    public void Drop(int position, int length)
    {
        lock (_dropped)
        {
            _dropped.Add((position, HeadBytes + length));
            LiveBytes -= HeadBytes + length;
        }
    }

    /// <summary>Whether it was read since the last time this was asked.</summary>
    public bool TakeTouched()
    {
        var touched = _isTouched;
        _isTouched = false;
        return touched;
    }

    /// <exception cref="ValueGoneException">The value was dropped.</exception>
    public ReadOnlyMemory<byte> Read(int position, int length, IValueFile? file)
    {
        while (true)
        {
            var content = Volatile.Read(ref _content);
            var at = content.Find(position, HeadBytes + length);
            if (at < 0)
            {
                throw new ValueGoneException();
            }
            if (content.Bytes is { } bytes)
            {
                if (!_isTouched)
                {
                    _isTouched = true;
                }
                return bytes.AsMemory(at + HeadBytes, length);
            }
            if (TryReadFile(content, at, length, file!, out var value))
            {
                return value;
            }
        }
    }

    /// <summary>Squeezes out what was dropped, where the page lies in memory.</summary>
    /// <returns>Bytes of memory given back.</returns>
    public int Squeeze()
    {
        var content = _content;
        var runs = LiveRuns(content);
        var live = Gather(content, content.Bytes!, runs);
        Replace(new Content(live, -1, [.. runs], live.Length));
        return content.SizeBytes - live.Length;
    }

    /// <summary>Moves what was not dropped from memory, or from another place on disk, to the end of the file.</summary>
    /// <returns>False when the file has no room: the page stays where it is.</returns>
    public bool TrySpill(IValueFile file)
    {
        var content = _content;
        var runs = LiveRuns(content);
        var bytes = content.Bytes;
        if (bytes is null)
        {
            bytes = new byte[content.SizeBytes];
            file.Read(content.Place, bytes);
        }
        var live = Gather(content, bytes, runs);
        if (!file.TryAppend(live, out var place))
        {
            if (content.Bytes is not null)
            {
                Replace(new Content(live, -1, [.. runs], live.Length));
            }
            else
            {
                Restore(content, runs);
            }
            return false;
        }
        Replace(new Content(null, place, [.. runs], live.Length));
        Release(content, file);
        return true;
    }

    /// <summary>Gives up a page of which every value was dropped.</summary>
    public void Free(IValueFile? file)
    {
        Invariant.Check(LiveBytes == 0);
        var content = _content;
        Replace(Content.Gone);
        Release(content, file);
    }

    private bool TryReadFile(Content content, int at, int length, IValueFile file, out ReadOnlyMemory<byte> value)
    {
        var record = new byte[HeadBytes + length];
        value = record.AsMemory(HeadBytes);
        try
        {
            file.Read(content.Place + at, record);
        }
        catch (Exception) when (content.IsFreed)
        {
            return false;
        }
        if (content.IsFreed)
        {
            return false;
        }
        Invariant.Check(
            BinaryPrimitives.ReadUInt32LittleEndian(record) == Crc32C.Of(value.Span),
            $"{length} bytes at {content.Place + at} of the values on disk are not what was written");
        return true;
    }

    /// <summary>What of a content is not dropped, in order.</summary>
    private List<Run> LiveRuns(Content content)
    {
        (int Start, int Length)[] dropped;
        lock (_dropped)
        {
            dropped = [.. _dropped];
            // Not to be kept as large as it was: most pages are squeezed a few times in their life and hold few values afterwards.
            _dropped.Clear();
            _dropped.Capacity = 0;
        }
        Array.Sort(dropped);
        var live = new List<Run>();
        var next = 0;
        foreach (var run in content.Runs ?? [new Run(0, _used, 0)])
        {
            var (start, end) = (run.Start, run.Start + run.Length);
            for (; next < dropped.Length && dropped[next].Start < end; next++)
            {
                Append(live, start, dropped[next].Start);
                start = dropped[next].Start + dropped[next].Length;
            }
            Append(live, start, end);
        }
        Invariant.Check(next == dropped.Length, "a value was dropped that is not in its page");
        return live;
    }

    /// <summary>Notes again as dropped what is in a content and not among its live runs.</summary>
    private void Restore(Content content, List<Run> live)
    {
        lock (_dropped)
        {
            var next = 0;
            foreach (var run in content.Runs!)
            {
                var start = run.Start;
                for (; next < live.Count && live[next].Start < run.Start + run.Length; next++)
                {
                    NoteDropped(start, live[next].Start);
                    start = live[next].Start + live[next].Length;
                }
                NoteDropped(start, run.Start + run.Length);
            }
        }
    }

    private void NoteDropped(int start, int end)
    {
        if (end > start)
        {
            _dropped.Add((start, end - start));
        }
    }

    private static void Append(List<Run> runs, int start, int end)
    {
        if (end > start)
        {
            var at = runs.Count == 0 ? 0 : runs[^1].At + runs[^1].Length;
            runs.Add(new Run(start, end - start, at));
        }
    }

    private static byte[] Gather(Content content, byte[] bytes, List<Run> runs)
    {
        var gathered = new byte[runs.Count == 0 ? 0 : runs[^1].At + runs[^1].Length];
        foreach (var run in runs)
        {
            bytes.AsSpan(content.Find(run.Start, run.Length), run.Length).CopyTo(gathered.AsSpan(run.At));
        }
        return gathered;
    }

    private void Replace(Content next) => Volatile.Write(ref _content, next);

    /// <summary>Lets go of a place on disk: readers are told first, so that none takes what comes after for its value.</summary>
    private static void Release(Content content, IValueFile? file)
    {
        content.MarkFreed();
        if (content.Bytes is null && content.SizeBytes > 0)
        {
            file!.Free(content.Place, content.SizeBytes);
        }
    }

    /// <summary>Bytes that stand together: where they began in the page as it was filled, and where they are now.</summary>
    private readonly record struct Run(int Start, int Length, int At);

    /// <summary>Where the values are at one time. Null runs: where they were put.</summary>
    private sealed class Content(byte[]? bytes, long place, Run[]? runs, int sizeBytes)
    {
        public static readonly Content Gone = new(null, 0, [], 0);

        private bool _isFreed;

        public byte[]? Bytes => bytes;

        public long Place => place;

        public Run[]? Runs => runs;

        public int SizeBytes => sizeBytes;

        public bool IsFreed => Volatile.Read(ref _isFreed);

        public void MarkFreed() => Volatile.Write(ref _isFreed, true);

        /// <summary>Where a piece is now, -1 when it is no more.</summary>
        public int Find(int position, int length)
        {
            if (runs is null)
            {
                return position;
            }
            int low = 0, high = runs.Length;
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                if (runs[middle].Start <= position)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }
            var run = low > 0 ? runs[low - 1] : default;
            return position + length <= run.Start + run.Length ? run.At + (position - run.Start) : -1;
        }
    }
}
