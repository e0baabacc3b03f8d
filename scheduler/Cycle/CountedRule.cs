using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cycle;

/// <summary>A cluster rule together with what it has counted so far, to bring it up to date by what has changed.</summary>
/// <param name="rule">The rule, having counted nothing.</param>
/// <param name="once">It serves one decision only: nothing need be remembered.</param>
internal sealed class CountedRule(IClusterRule rule, bool once)
{
    private static readonly PodList NoPods = new();
    private readonly List<int> _changes = [];
    private NodeInfo?[]? _counted;
    private long _version;

    public IClusterRule Rule => rule;

    /// <summary>What the rule's score counts; 0 while it only filters.</summary>
    public long Weight { get; set; }

    /// <summary>Makes the rule's sums those of the view.</summary>
    public void Sync(ClusterView view)
    {
        if (_counted is null)
        {
            CountAll(view);
            _counted = once ? [] : view.Nodes.ToArray();
        }
        else if (_version != view.Version)
        {
            _changes.Clear();
            if (view.TryChangesSince(_version, _changes))
            {
                foreach (var index in _changes)
                {
                    Recount(index, view.Nodes[index]);
                }
            }
            else
            {
                for (var i = 0; i < view.Count; i++)
                {
                    Recount(i, view.Nodes[i]);
                }
            }
        }

        _version = view.Version;
    }

    /// <summary>Counts a pod in or out beside what the view has, to try something out.</summary>
    public void Adjust(NodeInfo node, PodInfo pod, int sign)
    {
        if (Interested(pod))
        {
            rule.CountPod(node, pod, sign);
        }
    }

    private void CountAll(ClusterView view)
    {
        if (rule.CountsNodes || rule.Counts == CountedPods.All)
        {
            foreach (var node in view.Nodes)
            {
                CountIn(node);
            }
        }
        else if (rule.Counts == CountedPods.WithAffinity)
        {
            foreach (var index in view.NodesWithAffinity)
            {
                CountIn(view.Nodes[index]);
            }
        }
    }

    private void CountIn(NodeInfo node)
    {
        if (rule.CountsNodes)
        {
            rule.CountNode(node, 1);
        }

        foreach (var pod in PodsOf(node).AsSpan())
        {
            rule.CountPod(node, pod, 1);
        }
    }

    private void Recount(int index, NodeInfo after)
    {
        var before = _counted![index]!;
        if (ReferenceEquals(before, after))
        {
            return;
        }

        _counted[index] = after;
        if (rule.CountsNodes && !ReferenceEquals(before.Node, after.Node))
        {
            RecountWhole(before, after);
        }
        else
        {
            RecountPods(before, after);
        }
    }

    private void RecountWhole(NodeInfo before, NodeInfo after)
    {
        foreach (var pod in PodsOf(before).AsSpan())
        {
            rule.CountPod(before, pod, -1);
        }

        rule.CountNode(before, -1);
        CountIn(after);
    }

    /// <summary>Pods keep their order, so what two forms of a node share is at the front and at the back.</summary>
    private void RecountPods(NodeInfo before, NodeInfo after)
    {
        var old = PodsOf(before);
        var now = PodsOf(after);
        var head = old.CommonHead(now);
        var tail = 0;
        while (tail < old.Count - head && tail < now.Count - head && ReferenceEquals(old[old.Count - tail - 1], now[now.Count - tail - 1]))
        {
            tail++;
        }

        for (var i = head; i < old.Count - tail; i++)
        {
            rule.CountPod(before, old[i], -1);
        }

        for (var i = head; i < now.Count - tail; i++)
        {
            rule.CountPod(after, now[i], 1);
        }
    }

    private bool Interested(PodInfo pod) =>
        rule.Counts == CountedPods.All || (rule.Counts == CountedPods.WithAffinity && pod.Affinity.IsAny);

    private PodList PodsOf(NodeInfo node) => rule.Counts switch
    {
        CountedPods.All => node.Pods,
        CountedPods.WithAffinity => node.PodsWithAffinity,
        _ => NoPods,
    };
}
