using System.Runtime.InteropServices;
using Kube.Base;
using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Storage;

/// <summary>
/// What a storage keeps in memory of its entries: the place and term of every one, and the newest entries
/// themselves within a bound. Indexes run from <see cref="BaseId"/>, whose entry itself is gone, without gaps.
/// </summary>
/// <remarks>
/// There may be a million entries behind a snapshot and only a few are read again, so a place takes 12 bytes, in chunks that
/// come and go; terms are kept as runs, for a log has few.
/// </remarks>
internal sealed class EntryWindow(long cacheBytes)
{
    private const int ChunkBits = 12;
    private const int ChunkSize = 1 << ChunkBits;

    private readonly List<Place[]> _chunks = [];
    private readonly List<TermRun> _terms = [];
    private readonly NewestEntries _newest = new();

    /// <summary>Places of the first chunk whose entries are forgotten.</summary>
    private int _start;
    private int _count;

    /// <summary>The entry before the first: only its place in the log is known.</summary>
    public EntryId BaseId { get; private set; }

    public ulong FirstIndex => BaseId.Index + 1;

    public ulong LastIndex => BaseId.Index + (ulong)_count;

    public void Reset(EntryId baseId)
    {
        _chunks.Clear();
        _terms.Clear();
        _start = 0;
        _count = 0;
        BaseId = baseId;
        _newest.Clear(baseId.Index + 1);
    }

    /// <summary>Adds an entry behind all others, or in the place of one and of all behind that; keeps it.</summary>
    public void Put(Entry entry, long address)
    {
        Add(entry.Id, entry.Data.Length, address);
        _newest.Add(entry, cacheBytes);
    }

    /// <summary>As <see cref="Put"/>, of an entry that is to be read from the log when it is needed.</summary>
    public void Note(EntryId id, int dataBytes, long address)
    {
        Add(id, dataBytes, address);
        _newest.Clear(id.Index + 1);
    }

    public bool TryGetTerm(ulong index, out ulong term)
    {
        var isKnown = index >= BaseId.Index && index <= LastIndex;
        term = !isKnown ? 0 : index == BaseId.Index ? BaseId.Term : TermAt(index);
        return isKnown;
    }

    /// <summary>Where an entry is, and the entry itself if it is kept.</summary>
    public Slot this[ulong index]
    {
        get
        {
            var place = At(Position(index));
            return new Slot(TermAt(index), place.Address, place.DataBytes, _newest.Find(index));
        }
    }

    /// <summary>Forgets the entries through <paramref name="index"/>.</summary>
    public void Compact(ulong index)
    {
        if (index <= BaseId.Index)
        {
            return;
        }

        var forgotten = Position(index) + 1;
        BaseId = new EntryId(TermAt(index), index);
        _count -= forgotten;
        _start += forgotten;
        _chunks.RemoveRange(0, _start >> ChunkBits);
        _start &= ChunkSize - 1;
        _terms.RemoveRange(0, Math.Max(0, RunOf(index)));
        _newest.RemoveThrough(index);
    }

    private void Add(EntryId id, int dataBytes, long address)
    {
        Invariant.Check(id.Index > BaseId.Index && id.Index <= LastIndex + 1, $"entry {id.Index} outside ({BaseId.Index}, {LastIndex + 1}]");
        Truncate(id.Index);
        if (_start + _count == _chunks.Count << ChunkBits)
        {
            _chunks.Add(new Place[ChunkSize]);
        }

        At(_count++) = new Place(address, dataBytes);
        if (_terms.Count == 0 || _terms[^1].Term != id.Term)
        {
            _terms.Add(new TermRun(id.Index, id.Term));
        }
    }

    private void Truncate(ulong from)
    {
        if (from > LastIndex)
        {
            return;
        }

        _count = (int)(from - FirstIndex);
        var chunks = (_start + _count + ChunkSize - 1) >> ChunkBits;
        _chunks.RemoveRange(chunks, _chunks.Count - chunks);
        while (_terms.Count > 0 && _terms[^1].From >= from)
        {
            _terms.RemoveAt(_terms.Count - 1);
        }

        _newest.RemoveFrom(from);
    }

    private ulong TermAt(ulong index) => _terms[RunOf(index)].Term;

    /// <summary>The run that an entry is in.</summary>
    private int RunOf(ulong index)
    {
        if (_terms.Count > 0 && _terms[^1].From <= index)
        {
            return _terms.Count - 1;
        }

        int low = 0, high = _terms.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_terms[middle].From <= index)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }

    private int Position(ulong index)
    {
        Invariant.Check(index > BaseId.Index && index <= LastIndex, $"entry {index} outside ({BaseId.Index}, {LastIndex}]");
        return (int)(index - BaseId.Index - 1);
    }

    private ref Place At(int position) => ref _chunks[(_start + position) >> ChunkBits][(_start + position) & (ChunkSize - 1)];

    /// <summary>An entry's place.</summary>
    internal readonly record struct Slot(ulong Term, long Address, int DataBytes, Entry? Entry);

    /// <summary>Entries from this index to the next run's are of one term.</summary>
    private readonly record struct TermRun(ulong From, ulong Term);

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private readonly record struct Place(long Address, int DataBytes);

    /// <summary>The entries at the end of the log that are kept: a ring without gaps.</summary>
    private sealed class NewestEntries
    {
        private Entry?[] _ring = new Entry?[256];
        private ulong _first = 1;
        private ulong _end = 1;
        private long _bytes;

        public void Clear(ulong next)
        {
            RemoveFrom(_first);
            _first = _end = next;
        }

        /// <summary>Adds an entry behind the last, and lets go of the oldest while they are more than <paramref name="mostBytes"/>.</summary>
        public void Add(Entry entry, long mostBytes)
        {
            if (entry.Index != _end)
            {
                Clear(entry.Index);
            }

            if (_end - _first == (ulong)_ring.Length)
            {
                Grow();
            }

            At(_end++) = entry;
            _bytes += entry.SizeBytes;
            while (_bytes > mostBytes && _first + 1 < _end)
            {
                RemoveThrough(_first);
            }
        }

        public Entry? Find(ulong index) => index >= _first && index < _end ? At(index) : null;

        public void RemoveThrough(ulong index)
        {
            for (; _first <= index && _first < _end; _first++)
            {
                ref var entry = ref At(_first);
                _bytes -= entry!.SizeBytes;
                entry = null;
            }
        }

        public void RemoveFrom(ulong index)
        {
            for (; _end > index && _end > _first; _end--)
            {
                ref var entry = ref At(_end - 1);
                _bytes -= entry!.SizeBytes;
                entry = null;
            }
        }

        private void Grow()
        {
            var before = _ring;
            _ring = new Entry?[before.Length * 2];
            for (var index = _first; index < _end; index++)
            {
                At(index) = before[index % (ulong)before.Length];
            }
        }

        private ref Entry? At(ulong index) => ref _ring[index % (ulong)_ring.Length];
    }
}
