using System.Collections;

namespace Kube.Scheduler.Framework;

/// <summary>
/// Pods in the order in which they came. A copy is free: it shares the array, of which the original alone may use the free places at the
/// end; whoever else changes something takes an array of its own first. So a node with many pods is copied as fast as an empty one.
/// </summary>
public sealed class PodList : IReadOnlyList<PodInfo>
{
    private PodInfo[] _pods;
    private bool _ownsEnd;

    public PodList()
        : this([], 0, ownsEnd: true)
    {
    }

    private PodList(PodInfo[] pods, int count, bool ownsEnd)
    {
        _pods = pods;
        Count = count;
        _ownsEnd = ownsEnd;
    }

    public int Count { get; private set; }

    public PodInfo this[int index] => AsSpan()[index];

    public ReadOnlySpan<PodInfo> AsSpan() => _pods.AsSpan(0, Count);

    /// <summary>How many pods both lists begin with.</summary>
    public int CommonHead(PodList other)
    {
        var least = Math.Min(Count, other.Count);
        if (ReferenceEquals(_pods, other._pods))
        {
            return least;
        }

        var head = 0;
        while (head < least && ReferenceEquals(_pods[head], other._pods[head]))
        {
            head++;
        }

        return head;
    }

    public IEnumerator<PodInfo> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return _pods[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal PodList Copy() => new(_pods, Count, ownsEnd: false);

    internal void Add(PodInfo pod)
    {
        if (!_ownsEnd || Count == _pods.Length)
        {
            var larger = new PodInfo[Math.Max(4, Count + (Count / 2) + 1)];
            AsSpan().CopyTo(larger);
            _pods = larger;
            _ownsEnd = true;
        }

        _pods[Count++] = pod;
    }

    internal void RemoveAt(int index)
    {
        var without = new PodInfo[Math.Max(4, Count)];
        AsSpan()[..index].CopyTo(without);
        AsSpan()[(index + 1)..].CopyTo(without.AsSpan(index));
        _pods = without;
        _ownsEnd = true;
        Count--;
    }

    /// <summary>Puts the newer form of a pod in its place, for copies as well.</summary>
    internal void Replace(int index, PodInfo pod) => _pods[index] = pod;

    /// <summary>The pod's place, or -1; those that came last are found fastest.</summary>
    internal int Find(string uid)
    {
        for (var i = Count - 1; i >= 0; i--)
        {
            if (_pods[i].Uid == uid)
            {
                return i;
            }
        }

        return -1;
    }
}
