using Kube.Api.Core.V1;
using Kube.Base;

namespace Kube.Scheduler.Framework;

/// <summary>
/// A node and the pods on it, with their sums. Changed by the cache under its lock; a scheduling cycle
/// reads copies that nobody changes.
/// </summary>
public sealed class NodeInfo
{
    private readonly List<PodInfo> _pods = [];
    private readonly List<PodInfo> _podsWithAffinity = [];

    public NodeInfo(string name) => Name = name;

    public string Name { get; }

    /// <summary>The node object; null while pods name a node that is not known (yet, or any more).</summary>
    public Node? Node { get; private set; }

    /// <summary>Grows with every change, across all nodes of a cache; tells a snapshot what to copy anew.</summary>
    public long Generation { get; set; }

    /// <summary>Place of the node in the <see cref="ClusterView"/> that it is part of; -1 outside of one.</summary>
    public int Index { get; set; } = -1;

    public Resources Allocatable { get; private set; } = new();

    /// <summary>Sum of what the pods ask for.</summary>
    public Resources Requested { get; private init; } = new();

    /// <summary>Sum of what scoring assumes that the pods use.</summary>
    public Resources ScoredRequested { get; private init; } = new();

    /// <summary>The pods on the node, in the order in which they came.</summary>
    public IReadOnlyList<PodInfo> Pods => _pods;

    /// <summary>Those of the pods that have affinity or anti-affinity to pods.</summary>
    public IReadOnlyList<PodInfo> PodsWithAffinity => _podsWithAffinity;

    /// <summary>The same lists for code that runs often: a list is walked faster than an interface. Not to be changed.</summary>
    internal List<PodInfo> PodList => _pods;

    internal List<PodInfo> AffinityPodList => _podsWithAffinity;

    public void SetNode(Node? node)
    {
        Node = node;
        Allocatable = Resources.From(node?.Status?.Allocatable);
    }

    public void AddPod(PodInfo pod)
    {
        Invariant.Check(Find(_pods, pod.Uid) < 0, $"pod {pod.Key} is on node {Name} already");
        _pods.Add(pod);
        if (pod.Affinity.IsAny)
        {
            _podsWithAffinity.Add(pod);
        }

        Requested.Add(pod.Requests);
        ScoredRequested.Add(pod.ScoredRequests);
    }

    public void RemovePod(string uid)
    {
        var at = Find(_pods, uid);
        Invariant.Check(at >= 0, $"pod {uid} is not on node {Name}");
        var pod = _pods[at];
        _pods.RemoveAt(at);
        if (pod.Affinity.IsAny)
        {
            _podsWithAffinity.RemoveAt(Find(_podsWithAffinity, uid));
        }

        Requested.Add(pod.Requests, -1);
        ScoredRequested.Add(pod.ScoredRequests, -1);
    }

    /// <summary>
    /// Puts the newer form of a pod in the place of the older one, when nothing differs that a plugin reads.
    /// </summary>
    public void ReplacePod(PodInfo pod)
    {
        var at = Find(_pods, pod.Uid);
        Invariant.Check(at >= 0, $"pod {pod.Key} is not on node {Name}");
        _pods[at] = pod;
        if (pod.Affinity.IsAny)
        {
            _podsWithAffinity[Find(_podsWithAffinity, pod.Uid)] = pod;
        }
    }

    /// <summary>A copy that later changes do not touch.</summary>
    public NodeInfo Clone()
    {
        var copy = new NodeInfo(Name)
        {
            Node = Node,
            Allocatable = Allocatable,
            Generation = Generation,
            Index = Index,
            Requested = Requested.Clone(),
            ScoredRequested = ScoredRequested.Clone(),
        };
        copy._pods.EnsureCapacity(_pods.Count + 1);
        copy._pods.AddRange(_pods);
        copy._podsWithAffinity.AddRange(_podsWithAffinity);
        return copy;
    }

    private static int Find(List<PodInfo> pods, string uid)
    {
        for (var i = pods.Count - 1; i >= 0; i--)
        {
            if (pods[i].Uid == uid)
            {
                return i;
            }
        }

        return -1;
    }
}
