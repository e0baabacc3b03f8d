using Kube.Api.Core.V1;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cache;

/// <summary>
/// What the scheduler believes of the cluster: the nodes, the pods on them as the API server tells, and the
/// pods that it has just placed and not yet heard of again (assumed). Safe for use from many threads.
/// </summary>
/// <remarks>
/// A pod is assumed when its node is chosen, so that the next decision counts it, and confirmed when the informer
/// shows it on the node. When binding fails it is forgotten. The informer's word always wins.
/// </remarks>
public sealed class SchedulerCache
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<NodeInfo>> _nodes = new(StringComparer.Ordinal);
    private readonly LinkedList<NodeInfo> _latest = new();
    private readonly Dictionary<string, PodState> _pods = new(StringComparer.Ordinal);
    private TaskCompletionSource? _gone;
    private int _assumed;
    private long _generation;
    private long _structure;

    /// <summary>Number of pods assumed and not confirmed.</summary>
    public int AssumedCount => Size.Assumed;

    /// <summary>How many nodes and pods are known, and how many of the pods are assumed and not confirmed.</summary>
    public (int Nodes, int Pods, int Assumed) Size
    {
        get
        {
            lock (_lock)
            {
                return (_nodes.Count, _pods.Count, _assumed);
            }
        }
    }

    /// <summary>Completes when a node or a pod goes. Take it before looking, lest one in between be missed.</summary>
    public Task NodeOrPodGone
    {
        get
        {
            lock (_lock)
            {
                return (_gone ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    /// <summary>The node; null when there is none of the name (any more).</summary>
    public Node? FindNode(string name)
    {
        lock (_lock)
        {
            return _nodes.TryGetValue(name, out var entry) ? entry.Value.Node : null;
        }
    }

    /// <summary>A node was added or changed.</summary>
    public void SetNode(Node node)
    {
        lock (_lock)
        {
            var info = Touch(node.Metadata.Name!);
            if (info.Node is null || !SameLabels(info.Node.Metadata.Labels, node.Metadata.Labels))
            {
                _structure++;
            }

            info.SetNode(node);
        }
    }

    /// <summary>A node is gone. Its pods stay known until their own deletion is seen.</summary>
    public void RemoveNode(string name)
    {
        lock (_lock)
        {
            if (_nodes.ContainsKey(name))
            {
                Touch(name).SetNode(null);
                _structure++;
                RemoveIfEmpty(name);
                Gone();
            }
        }
    }

    /// <summary>The scheduler has chosen a node for the pod and will now bind it.</summary>
    /// <returns>False when the informer has shown it on a node meanwhile: another scheduler was faster, and there is nothing to bind.</returns>
    public bool TryAssume(PodInfo pod, string node)
    {
        lock (_lock)
        {
            if (_pods.ContainsKey(pod.Uid))
            {
                return false;
            }

            Place(pod, node, isAssumed: true);
            return true;
        }
    }

    /// <summary>Binding an assumed pod has failed. A pod that the informer has confirmed meanwhile stays. True when it was still assumed.</summary>
    public bool Forget(PodInfo pod)
    {
        lock (_lock)
        {
            if (_pods.TryGetValue(pod.Uid, out var state) && state.IsAssumed)
            {
                Displace(state);
                return true;
            }

            return false;
        }
    }

    /// <summary>The informer shows the pod on a node: new, changed, or confirming what was assumed. Returns what was known of it before.</summary>
    public PodInfo? SetPod(PodInfo pod)
    {
        lock (_lock)
        {
            if (_pods.TryGetValue(pod.Uid, out var state))
            {
                if (state.Node == pod.Spec.NodeName && IsSame(state.Pod, pod))
                {
                    // What was assumed is confirmed: the node's sums stand, and no snapshot needs a new copy.
                    _nodes[state.Node].Value.ReplacePod(pod);
                    _pods[pod.Uid] = new PodState(pod, state.Node, IsAssumed: false);
                    _assumed -= state.IsAssumed ? 1 : 0;
                    return state.Pod;
                }

                Displace(state);
            }

            Place(pod, pod.Spec.NodeName!, isAssumed: false);
            return state?.Pod;
        }
    }

    /// <summary>The pod is gone or has ended, and what it used is free. Returns it, or null when it was not known.</summary>
    public PodInfo? RemovePod(string uid)
    {
        lock (_lock)
        {
            if (!_pods.TryGetValue(uid, out var state))
            {
                return null;
            }

            Displace(state);
            Gone();
            return state.Pod;
        }
    }

    /// <summary>True while the pod is assumed or known to be on a node.</summary>
    public bool Contains(string uid)
    {
        lock (_lock)
        {
            return _pods.ContainsKey(uid);
        }
    }

    /// <summary>
    /// Brings a snapshot up to date, copying only nodes that have changed since it was last updated.
    /// </summary>
    public void Update(Snapshot snapshot)
    {
        lock (_lock)
        {
            snapshot.Update(_latest, _generation, _structure);
        }
    }

    private void Place(PodInfo pod, string node, bool isAssumed)
    {
        Touch(node).AddPod(pod);
        _pods.Add(pod.Uid, new PodState(pod, node, isAssumed));
        _assumed += isAssumed ? 1 : 0;
    }

    private void Displace(PodState state)
    {
        Touch(state.Node).RemovePod(state.Pod.Uid);
        _pods.Remove(state.Pod.Uid);
        _assumed -= state.IsAssumed ? 1 : 0;
        RemoveIfEmpty(state.Node);
    }

    private void Gone()
    {
        _gone?.TrySetResult();
        _gone = null;
    }

    private NodeInfo Touch(string name)
    {
        if (_nodes.TryGetValue(name, out var entry))
        {
            _latest.Remove(entry);
        }
        else
        {
            entry = new LinkedListNode<NodeInfo>(new NodeInfo(name));
            _nodes.Add(name, entry);
        }

        _latest.AddFirst(entry);
        entry.Value.Generation = ++_generation;
        return entry.Value;
    }

    private void RemoveIfEmpty(string name)
    {
        if (_nodes[name].Value is { Node: null, Pods.Count: 0 })
        {
            _latest.Remove(_nodes[name]);
            _nodes.Remove(name);
            _generation++;
        }
    }

    /// <summary>True when no plugin can tell the two forms of a pod apart; the node's name alone is new in a pod that has been bound.</summary>
    private static bool IsSame(PodInfo before, PodInfo after) =>
        before.Priority == after.Priority && before.IsTerminating == after.IsTerminating
        && before.Pod.Status?.StartTime == after.Pod.Status?.StartTime
        && before.Shape.Equals(after.Shape);

    private static bool SameLabels(Dictionary<string, string>? left, Dictionary<string, string>? right) =>
        (left?.Count ?? 0) == (right?.Count ?? 0)
        && (left is null || left.All(pair => right!.TryGetValue(pair.Key, out var value) && value == pair.Value));

    private sealed record PodState(PodInfo Pod, string Node, bool IsAssumed);
}
