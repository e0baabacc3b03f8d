using Kube.Base;
using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Storage;

/// <summary>
/// What a storage keeps in memory of its entries: the place and term of every one, and the newest entries
/// themselves within a bound. Indexes run from <see cref="BaseId"/>, whose entry itself is gone, without gaps.
/// </summary>
internal sealed class EntryWindow(long cacheBytes)
{
    private Slot[] _slots = new Slot[256];
    private int _start;
    private int _count;
    private ulong _cachedFrom = 1;
    private long _cached;

    /// <summary>The entry before the first: only its place in the log is known.</summary>
    public EntryId BaseId { get; private set; }

    public ulong FirstIndex => BaseId.Index + 1;

    public ulong LastIndex => BaseId.Index + (ulong)_count;

    public void Reset(EntryId baseId)
    {
        Array.Clear(_slots);
        _start = 0;
        _count = 0;
        _cached = 0;
        BaseId = baseId;
        _cachedFrom = baseId.Index + 1;
    }

    /// <summary>Adds an entry behind all others, or in the place of one and of all behind that.</summary>
    public void Put(Entry entry, long address)
    {
        Invariant.Check(entry.Index > BaseId.Index && entry.Index <= LastIndex + 1, $"entry {entry.Index} outside ({BaseId.Index}, {LastIndex + 1}]");
        Truncate(entry.Index);
        if (_count == _slots.Length)
        {
            Grow();
        }

        At(_count++) = new Slot(entry.Term, address, entry.Data.Length, entry);
        _cached += entry.SizeBytes;
        while (_cached > cacheBytes && _cachedFrom < entry.Index)
        {
            ref var slot = ref At(Position(_cachedFrom));
            _cached -= slot.Entry!.SizeBytes;
            slot = slot with { Entry = null };
            _cachedFrom++;
        }
    }

    public bool TryGetTerm(ulong index, out ulong term)
    {
        term = index == BaseId.Index ? BaseId.Term : 0;
        if (index > BaseId.Index && index <= LastIndex)
        {
            term = At(Position(index)).Term;
            return true;
        }

        return index == BaseId.Index;
    }

    /// <summary>Where an entry is, and the entry itself if it is kept.</summary>
    public Slot this[ulong index] => At(Position(index));

    /// <summary>Forgets the entries through <paramref name="index"/>.</summary>
    public void Compact(ulong index)
    {
        while (BaseId.Index < index)
        {
            ref var slot = ref At(0);
            BaseId = new EntryId(slot.Term, BaseId.Index + 1);
            _cached -= slot.Entry?.SizeBytes ?? 0;
            slot = default;
            _start = (_start + 1) % _slots.Length;
            _count--;
        }

        _cachedFrom = Math.Max(_cachedFrom, FirstIndex);
    }

    private void Truncate(ulong from)
    {
        while (LastIndex >= from)
        {
            ref var slot = ref At(_count - 1);
            _cached -= slot.Entry?.SizeBytes ?? 0;
            slot = default;
            _count--;
        }

        _cachedFrom = Math.Min(_cachedFrom, LastIndex + 1);
    }

    private int Position(ulong index)
    {
        Invariant.Check(index > BaseId.Index && index <= LastIndex, $"entry {index} outside ({BaseId.Index}, {LastIndex}]");
        return (int)(index - BaseId.Index - 1);
    }

    private ref Slot At(int position) => ref _slots[(_start + position) % _slots.Length];

    private void Grow()
    {
        var next = new Slot[_slots.Length * 2];
        for (var i = 0; i < _count; i++)
        {
            next[i] = At(i);
        }

        _slots = next;
        _start = 0;
    }

    /// <summary>An entry's place.</summary>
    internal readonly record struct Slot(ulong Term, long Address, int DataBytes, Entry? Entry);
}
