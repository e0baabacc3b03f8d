using Kube.Api.Core.V1;
using Kube.Base;

namespace Kube.Scheduler.Framework;

/// <summary>
/// A node and the pods on it, with their sums. Changed by the cache under its lock; a scheduling cycle
/// reads copies that nobody changes.
/// </summary>
public sealed class NodeInfo
{
    private readonly Dictionary<string, PodInfo> _pods = new(StringComparer.Ordinal);

    public NodeInfo(string name) => Name = name;

    public string Name { get; }

    /// <summary>The node object; null while pods name a node that is not known (yet, or any more).</summary>
    public Node? Node { get; private set; }

    /// <summary>Grows with every change, across all nodes of a cache; tells a snapshot what to copy anew.</summary>
    public long Generation { get; set; }

    public Resources Allocatable { get; private set; } = new();

    /// <summary>Sum of what the pods ask for.</summary>
    public Resources Requested { get; private init; } = new();

    /// <summary>Sum of what scoring assumes that the pods use.</summary>
    public Resources ScoredRequested { get; private init; } = new();

    /// <summary>The pods on the node, by uid.</summary>
    public IReadOnlyDictionary<string, PodInfo> Pods => _pods;

    public void SetNode(Node? node)
    {
        Node = node;
        Allocatable = Resources.From(node?.Status?.Allocatable);
    }

    public void AddPod(PodInfo pod)
    {
        Invariant.Check(_pods.TryAdd(pod.Uid, pod), $"pod {pod.Key} is on node {Name} already");
        Requested.Add(pod.Requests);
        ScoredRequested.Add(pod.ScoredRequests);
    }

    public void RemovePod(string uid)
    {
        Invariant.Check(_pods.Remove(uid, out var pod), $"pod {uid} is not on node {Name}");
        Requested.Add(pod.Requests, -1);
        ScoredRequested.Add(pod.ScoredRequests, -1);
    }

    /// <summary>A copy that later changes do not touch.</summary>
    public NodeInfo Clone()
    {
        var copy = new NodeInfo(Name)
        {
            Node = Node,
            Allocatable = Allocatable,
            Generation = Generation,
            Requested = Requested.Clone(),
            ScoredRequested = ScoredRequested.Clone(),
        };
        foreach (var (uid, pod) in _pods)
        {
            copy._pods.Add(uid, pod);
        }

        return copy;
    }
}
