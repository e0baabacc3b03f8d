using Kube.Base;

namespace Kube.RaftStore.Raft.Tracker;

/// <summary>
/// The appends on their way to one follower, oldest first: a window bounded in messages and bytes.
/// One message may overstep the byte bound, so that a large entry gets through at all.
/// </summary>
public sealed class Inflights
{
    private readonly int _maxMessages;
    private readonly long _maxBytes;
    private (ulong LastIndex, long Bytes)[] _ring = new (ulong, long)[8];
    private int _start;

    public Inflights(int maxMessages, long maxBytes)
    {
        _maxMessages = maxMessages;
        _maxBytes = maxBytes;
    }

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    public bool IsFull => Count == _maxMessages || Bytes >= _maxBytes;

    /// <summary>Notes an append whose last entry is <paramref name="lastIndex"/>. Not to be called when full.</summary>
    public void Add(ulong lastIndex, long bytes)
    {
        Invariant.Check(!IsFull);
        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[(_start + Count) % _ring.Length] = (lastIndex, bytes);
        Count++;
        Bytes += bytes;
    }

    /// <summary>Forgets the appends that end at or before <paramref name="index"/>: the follower has them.</summary>
    public void FreeThrough(ulong index)
    {
        while (Count > 0 && _ring[_start].LastIndex <= index)
        {
            Bytes -= _ring[_start].Bytes;
            _start = (_start + 1) % _ring.Length;
            Count--;
        }

        Invariant.Check(Bytes >= 0);
    }

    public void Reset()
    {
        _start = 0;
        Count = 0;
        Bytes = 0;
    }

    private void Grow()
    {
        var next = new (ulong, long)[Math.Min(_maxMessages, _ring.Length * 2)];
        for (var i = 0; i < Count; i++)
        {
            next[i] = _ring[(_start + i) % _ring.Length];
        }

        _ring = next;
        _start = 0;
    }
}
