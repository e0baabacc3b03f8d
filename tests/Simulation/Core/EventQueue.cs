namespace Kube.RaftStore.Simulation.Core;

/// <summary>Something that is to happen in a context: a callback and what it is called with, as <see cref="SynchronizationContext.Post"/> has them.</summary>
internal readonly record struct Event(SimulatedContext Context, SendOrPostCallback Callback, object? State);

/// <summary>
/// Events by the time they are due; those of the same time in the order they came. A heap of four children to a node that moves keys alone: the
/// queue is where a run spends most of its time otherwise.
/// </summary>
internal sealed class EventQueue
{
    private Key[] _heap = new Key[1024];
    private Event[] _events = new Event[1024];
    private int[] _free = [.. Enumerable.Range(0, 1024)];
    private ulong _order;

    public int Count { get; private set; }

    /// <summary>When the first one is due, the end of time when there is none.</summary>
    public long NextUs => Count > 0 ? _heap[0].AtUs : long.MaxValue;

    public void Add(long atUs, in Event what)
    {
        if (Count == _heap.Length)
        {
            Grow();
        }

        var key = new Key(atUs, ++_order, _free[Count]);
        _events[key.Place] = what;
        var at = Count++;
        while (at > 0)
        {
            var parent = (at - 1) >> 2;
            if (!key.IsBefore(_heap[parent]))
            {
                break;
            }

            _heap[at] = _heap[parent];
            at = parent;
        }

        _heap[at] = key;
    }

    public bool TryTake(out long atUs, out Event what)
    {
        if (Count == 0)
        {
            atUs = 0;
            what = default;
            return false;
        }

        var first = _heap[0];
        atUs = first.AtUs;
        what = _events[first.Place];
        _events[first.Place] = default;
        Sink(_heap[--Count]);
        _free[Count] = first.Place;
        return true;
    }

    private void Sink(Key key)
    {
        var heap = _heap;
        var at = 0;
        while (true)
        {
            var least = (at << 2) + 1;
            if (least >= Count)
            {
                break;
            }

            var end = Math.Min(least + 4, Count);
            for (var child = least + 1; child < end; child++)
            {
                if (heap[child].IsBefore(heap[least]))
                {
                    least = child;
                }
            }

            if (!heap[least].IsBefore(key))
            {
                break;
            }

            heap[at] = heap[least];
            at = least;
        }

        heap[at] = key;
    }

    private void Grow()
    {
        var before = _heap.Length;
        Array.Resize(ref _heap, before * 2);
        Array.Resize(ref _events, before * 2);
        Array.Resize(ref _free, before * 2);
        for (var i = before; i < _free.Length; i++)
        {
            _free[i] = i;
        }
    }

    private readonly record struct Key(long AtUs, ulong Order, int Place)
    {
        public bool IsBefore(in Key other) => AtUs < other.AtUs || (AtUs == other.AtUs && Order < other.Order);
    }
}
