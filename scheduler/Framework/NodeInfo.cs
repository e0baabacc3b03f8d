using Kube.Api.Core.V1;
using Kube.Base;

namespace Kube.Scheduler.Framework;

/// <summary>
/// A node and the pods on it, with their sums. Changed by the cache under its lock; a scheduling cycle
/// reads copies that nobody changes.
/// </summary>
public sealed class NodeInfo
{
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
    public PodList Pods { get; private init; } = new();

    /// <summary>Those of the pods that have affinity or anti-affinity to pods.</summary>
    public PodList PodsWithAffinity { get; private init; } = new();

    public void SetNode(Node? node)
    {
        Node = node;
        Allocatable = Resources.From(node?.Status?.Allocatable);
    }

    /// <summary>A pod comes that is not on the node yet.</summary>
    public void AddPod(PodInfo pod)
    {
        Pods.Add(pod);
        if (pod.Affinity.IsAny)
        {
            PodsWithAffinity.Add(pod);
        }

        Requested.Add(pod.Requests);
        ScoredRequested.Add(pod.ScoredRequests);
    }

    public void RemovePod(string uid)
    {
        var at = Pods.Find(uid);
        Invariant.Check(at >= 0, $"pod {uid} is not on node {Name}");
        var pod = Pods[at];
        Pods.RemoveAt(at);
        if (pod.Affinity.IsAny)
        {
            PodsWithAffinity.RemoveAt(PodsWithAffinity.Find(uid));
        }

        Requested.Add(pod.Requests, -1);
        ScoredRequested.Add(pod.ScoredRequests, -1);
    }

    /// <summary>
    /// Puts the newer form of a pod in the place of the older one, when nothing differs that a plugin reads.
    /// </summary>
    public void ReplacePod(PodInfo pod)
    {
        var at = Pods.Find(pod.Uid);
        Invariant.Check(at >= 0, $"pod {pod.Key} is not on node {Name}");
        Pods.Replace(at, pod);
        if (pod.Affinity.IsAny)
        {
            PodsWithAffinity.Replace(PodsWithAffinity.Find(pod.Uid), pod);
        }
    }

    /// <summary>A copy that later changes do not touch.</summary>
    public NodeInfo Clone()
    {
        return new NodeInfo(Name)
        {
            Node = Node,
            Allocatable = Allocatable,
            Generation = Generation,
            Index = Index,
            Requested = Requested.Clone(),
            ScoredRequested = ScoredRequested.Clone(),
            Pods = Pods.Copy(),
            PodsWithAffinity = PodsWithAffinity.Copy(),
        };
    }
}
