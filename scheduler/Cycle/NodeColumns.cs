using System.Numerics;
using System.Runtime.InteropServices;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cycle;

/// <summary>
/// What filters and scores that look at one node say of each node, for pods of one shape: columns by node index and bitmaps over them. An entry
/// is good until the node changes, so that of a thousand equal pods each only works out what the one before has changed.
/// </summary>
internal sealed class NodeColumns
{
    private const int WordBits = 64;
    private readonly List<int> _changes = [];
    private readonly Dictionary<Status, int> _rejections = new(ReferenceEqualityComparer.Instance);
    private Status?[] _verdicts = [];
    private long[] _fixed = [];
    private long[][] _raw = [];
    private int[] _nonZero = [];
    private ulong[] _known = [];
    private ulong[] _counted = [];
    private ulong[] _fits = [];
    private ulong[] _resolvable = [];
    private long _version;

    /// <summary>Works out an entry: the verdict, null for success, and with success the scores.</summary>
    public interface IEvaluator
    {
        Status? Verdict(NodeInfo node);

        /// <summary>The weighted sum of the scores that need no normalization.</summary>
        long Fixed(NodeInfo node);

        /// <summary>The raw score of a plugin that normalizes.</summary>
        long Raw(int plugin, NodeInfo node);
    }

    /// <summary>How many nodes were rejected with each verdict; of nodes that have changed, before they did.</summary>
    public IReadOnlyDictionary<Status, int> Rejections => _rejections;

    /// <summary>Clears the columns for another use.</summary>
    public void Reset(int nodes, int normalized)
    {
        var words = (nodes + WordBits - 1) / WordBits;
        if (_verdicts.Length < nodes)
        {
            _verdicts = new Status?[nodes];
            _fixed = new long[nodes];
            _known = new ulong[words];
            _counted = new ulong[words];
            _fits = new ulong[words];
            _resolvable = new ulong[words];
            _raw = [];
        }

        Array.Clear(_known);
        Array.Clear(_counted);
        Array.Clear(_fits);
        Array.Clear(_resolvable);
        _rejections.Clear();
        if (_raw.Length != normalized)
        {
            _raw = [.. Enumerable.Range(0, normalized).Select(_ => new long[_verdicts.Length])];
        }

        _nonZero = new int[normalized];
        _version = 0;
    }

    /// <summary>Forgets what was worked out for nodes that have changed.</summary>
    public void Sync(ClusterView view)
    {
        if (_version == view.Version)
        {
            return;
        }

        _changes.Clear();
        if (view.TryChangesSince(_version, _changes))
        {
            foreach (var index in _changes)
            {
                _known[index / WordBits] &= ~(1UL << (index % WordBits));
            }
        }
        else
        {
            Array.Clear(_known);
        }

        _version = view.Version;
    }

    /// <summary>The verdict on a node; null is success.</summary>
    public Status? Verdict<T>(int index, ClusterView view, T evaluator)
        where T : IEvaluator
    {
        var word = index / WordBits;
        var bit = 1UL << (index % WordBits);
        if ((_known[word] & bit) == 0)
        {
            Evaluate(index, view.Nodes[index], evaluator);
        }

        return _verdicts[index];
    }

    /// <summary>The verdict that is known to be worked out already.</summary>
    public Status? KnownVerdict(int index) => _verdicts[index];

    public long FixedAt(int index) => _fixed[index];

    /// <summary>Raw scores of a plugin, by index; only those of nodes with success are worked out.</summary>
    public ReadOnlySpan<long> RawOf(int plugin) => _raw[plugin];

    /// <summary>True when the plugin has given all nodes nought so far.</summary>
    public bool IsNought(int plugin) => _nonZero[plugin] == 0;

    /// <summary>The nodes with success in one word of the bitmap, of those in the mask.</summary>
    public ulong FitsIn<T>(int word, ulong mask, ClusterView view, T evaluator)
        where T : IEvaluator
    {
        var missing = ~_known[word] & mask;
        while (missing != 0)
        {
            var index = (word * WordBits) + BitOperations.TrailingZeroCount(missing);
            Evaluate(index, view.Nodes[index], evaluator);
            missing &= missing - 1;
        }

        return _fits[word] & mask;
    }

    /// <summary>
    /// Lists the nodes that other pods' end may make good: rejected so here, or by the further verdict on those that fit here. All entries must be known.
    /// </summary>
    /// <returns>How many there are.</returns>
    public int Resolvable(int nodes, ReadOnlySpan<Status?> further, Span<int> into)
    {
        var count = 0;
        for (var word = 0; word * WordBits < nodes; word++)
        {
            var found = _resolvable[word];
            for (var fits = _fits[word]; fits != 0; fits &= fits - 1)
            {
                var bit = BitOperations.TrailingZeroCount(fits);
                found |= further[(word * WordBits) + bit]?.Code == StatusCode.Unschedulable ? 1UL << bit : 0;
            }

            for (; found != 0; found &= found - 1)
            {
                into[count++] = (word * WordBits) + BitOperations.TrailingZeroCount(found);
            }
        }

        return count;
    }

    private static void Set(ulong[] bitmap, int word, ulong bit, bool on)
    {
        if (on)
        {
            bitmap[word] |= bit;
        }
        else
        {
            bitmap[word] &= ~bit;
        }
    }

    private void Evaluate<T>(int index, NodeInfo node, T evaluator)
        where T : IEvaluator
    {
        var word = index / WordBits;
        var bit = 1UL << (index % WordBits);
        if ((_counted[word] & bit) != 0)
        {
            Count(index, -1);
        }

        var verdict = _verdicts[index] = evaluator.Verdict(node);
        if (verdict is null)
        {
            _fixed[index] = evaluator.Fixed(node);
            for (var k = 0; k < _raw.Length; k++)
            {
                _raw[k][index] = evaluator.Raw(k, node);
            }

        }

        Set(_fits, word, bit, verdict is null);
        Set(_resolvable, word, bit, verdict?.Code == StatusCode.Unschedulable);

        Count(index, 1);
        _counted[word] |= bit;
        _known[word] |= bit;
    }

    private void Count(int index, int sign)
    {
        if (_verdicts[index] is { } verdict)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_rejections, verdict, out _);
            count += sign;
            if (count == 0)
            {
                _rejections.Remove(verdict);
            }

            return;
        }

        for (var k = 0; k < _raw.Length; k++)
        {
            _nonZero[k] += _raw[k][index] != 0 ? sign : 0;
        }
    }
}
