using Kube.Base;

namespace Kube.RaftStore.Mvcc;

/// <summary>
/// Some values that were added one after the other, in memory, on disk or both. A value's position never changes; what is
/// dropped between values is squeezed out, and then a table says where the rest went.
/// </summary>
/// <remarks>
/// Readers take <see cref="_content"/> once and need no lock: an array they hold stays as it is for as long as they hold it, and a
/// place on disk says after the read whether it was still theirs.
/// </remarks>
internal sealed class ValuePage
{
    /// <summary>The place of what is in memory alone.</summary>
    private const long Nowhere = -1;

    private readonly int _capacityBytes;

    /// <summary>What was dropped since the page was last squeezed. While a restored page is filled: what is not.</summary>
    private readonly List<(int Start, int Length)> _dropped = [];
    private Content _content;
    private int _used;
    private bool _isTouched;
    private bool _isSealed;

    /// <summary>An empty page in memory.</summary>
    public ValuePage(int capacityBytes)
    {
        _capacityBytes = capacityBytes;
        _content = new Content(GC.AllocateUninitializedArray<byte>(capacityBytes), Nowhere, null, capacityBytes);
    }

    /// <summary>A page on disk, whose values are told by <see cref="Adopt"/>.</summary>
    public ValuePage(long place, int sizeBytes)
    {
        _capacityBytes = _used = sizeBytes;
        _content = new Content(null, place, null, sizeBytes);
        _isSealed = true;
    }

    /// <summary>Bytes of values not dropped.</summary>
    public int LiveBytes { get; private set; }

    /// <summary>Bytes that the page takes, of memory if it lies there, else of disk.</summary>
    public int HeldBytes => Volatile.Read(ref _content).SizeBytes;

    public bool IsInMemory => Volatile.Read(ref _content).Bytes is not null;

    /// <summary>Where the store has it among the pages in memory; null where it has not. Guarded by the store.</summary>
    public LinkedListNode<ValuePage>? Resident { get; set; }

    /// <summary>True once no more is added.</summary>
    public bool IsSealed => Volatile.Read(ref _isSealed);

    public int FreeBytes => _capacityBytes - _used;

    /// <summary>Whether at least half of what the page takes is of dropped values.</summary>
    public bool IsSparse => IsSealed && LiveBytes * 2 <= HeldBytes;

    /// <summary>Adds a value, for which there must be room.</summary>
    public int Add(ReadOnlySpan<byte> value)
    {
        var at = _used;
        value.CopyTo(_content.Bytes.AsSpan(at));
        _used += value.Length;
        lock (_dropped)
        {
            LiveBytes += value.Length;
        }
        return at;
    }

    public void Seal() => Volatile.Write(ref _isSealed, true);

    public void Drop(int position, int length)
    {
        lock (_dropped)
        {
            _dropped.Add((position, length));
            LiveBytes -= length;
        }
    }

    /// <summary>Says that a restored page has a value.</summary>
    public void Adopt(int position, int length)
    {
        _dropped.Add((position, length));
        LiveBytes += length;
    }

    /// <summary>Says that these were all values of a restored page: the rest of it is as good as dropped.</summary>
    public void EndAdoption()
    {
        var values = _dropped.ToArray();
        Array.Sort(values);
        _dropped.Clear();
        var end = 0;
        foreach (var (start, length) in values)
        {
            Invariant.Check(start >= end, "two values are in the same place");
            NoteDropped(end, start);
            end = start + length;
        }
        NoteDropped(end, _used);
        _dropped.TrimExcess();
    }

    /// <summary>Whether it was read since the last time this was asked.</summary>
    public bool TakeTouched()
    {
        var touched = _isTouched;
        _isTouched = false;
        return touched;
    }

    /// <exception cref="ValueGoneException">The value was dropped.</exception>
    public ReadOnlyMemory<byte> Read(int position, int length, uint checksum, IValueFile? file)
    {
        while (true)
        {
            var content = Volatile.Read(ref _content);
            var at = content.Find(position, length);
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
                return bytes.AsMemory(at, length);
            }
            if (TryReadFile(content, at, length, checksum, file!, out var value))
            {
                return value;
            }
        }
    }

    /// <summary>Where a value lies on disk, if it does.</summary>
    public bool TryRefer(in ValueHandle handle, out ValueReference reference)
    {
        var content = Volatile.Read(ref _content);
        var at = content.Find(handle.Position, handle.Length);
        reference = new ValueReference(content.Place, content.SizeBytes, at, handle.Length, handle.Checksum);
        return content.Place != Nowhere && at >= 0;
    }

    /// <summary>Squeezes out what was dropped, where the page lies in memory. A copy on disk, which holds all of it, is given up.</summary>
    public void Squeeze(IValueFile? file)
    {
        var content = _content;
        var runs = LiveRuns(content);
        var live = Gather(content, content.Bytes!, runs);
        Replace(new Content(live, Nowhere, [.. runs], live.Length));
        Release(content, file);
    }

    /// <summary>Writes to the file what was not dropped, if it is in memory alone. It stays there too.</summary>
    /// <returns>False when the file has no room.</returns>
    public bool TryStore(IValueFile file)
    {
        var content = _content;
        if (content.Place != Nowhere)
        {
            return true;
        }
        var runs = LiveRuns(content);
        var live = Gather(content, content.Bytes!, runs);
        var isStored = file.TryAppend(live, out var place);
        Replace(new Content(live, isStored ? place : Nowhere, [.. runs], live.Length));
        return isStored;
    }

    /// <summary>Moves what was not dropped from memory to the file.</summary>
    /// <returns>False when the file has no room: the page stays where it is.</returns>
    public bool TrySpill(IValueFile file)
    {
        if (!TryStore(file))
        {
            return false;
        }
        var content = _content;
        Replace(new Content(null, content.Place, content.Runs, content.SizeBytes));
        return true;
    }

    /// <summary>Writes what was not dropped of a page on disk to another place, and gives up the one it had.</summary>
    /// <returns>False when the file has no room: the page stays where it is.</returns>
    public bool TryRewrite(IValueFile file)
    {
        var content = _content;
        var runs = LiveRuns(content);
        var bytes = new byte[content.SizeBytes];
        file.Read(content.Place, bytes);
        var live = Gather(content, bytes, runs);
        if (!file.TryAppend(live, out var place))
        {
            Restore(content, runs);
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

    private static bool TryReadFile(Content content, int at, int length, uint checksum, IValueFile file, out ReadOnlyMemory<byte> value)
    {
        var bytes = new byte[length];
        value = bytes;
        try
        {
            file.Read(content.Place + at, bytes);
        }
        catch (Exception) when (content.IsFreed)
        {
            return false;
        }
        if (content.IsFreed)
        {
            return false;
        }
        if (Crc32C.Of(bytes) != checksum)
        {
            throw file.Damaged(content.Place + at, $"{length} bytes of a value are not what was written");
        }
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
        foreach (var run in RunsOf(content))
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

    private Run[] RunsOf(Content content) => content.Runs ?? [new Run(0, _used, 0)];

    /// <summary>Notes again as dropped what is in a content and not among its live runs.</summary>
    private void Restore(Content content, List<Run> live)
    {
        lock (_dropped)
        {
            var next = 0;
            foreach (var run in RunsOf(content))
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
        if (content.Place != Nowhere && content.SizeBytes > 0)
        {
            file!.Free(content.Place, content.SizeBytes);
        }
    }

    /// <summary>Bytes that stand together: where they began in the page as it was filled, and where they are now.</summary>
    private readonly record struct Run(int Start, int Length, int At);

    /// <summary>Where the values are at one time. Null runs: where they were put.</summary>
    private sealed class Content(byte[]? bytes, long place, Run[]? runs, int sizeBytes)
    {
        public static readonly Content Gone = new(null, Nowhere, [], 0);

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
